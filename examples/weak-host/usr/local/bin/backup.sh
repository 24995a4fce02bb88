#!/bin/sh
PGPASSWORD=supersecret pg_dump prod > /var/backups/prod.dump
