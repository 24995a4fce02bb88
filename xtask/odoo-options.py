"""Prints what Odoo itself says of its options, for each case of a file. Runs inside Odoo's own Python.

usage: python3 odoo-options.py CASES WORK_FOLDER
"""
import contextlib
import io
import json
import logging
import os
import sys
import warnings

NAMES = """admin_passwd list_db dbfilter db_name db_host db_password db_sslmode proxy_mode http_interface http_port gevent_port
longpolling_port workers limit_memory_hard limit_time_real limit_time_cpu dev_mode test_enable without_demo with_demo
server_wide_modules log_level smtp_server smtp_ssl transient_age_limit max_cron_threads db_maxconn""".split()


def cases(path):
    name, arguments, environment, lines = None, [], {}, []
    for line in open(path):
        if line.startswith('== '):
            if name:
                yield name, arguments, environment, ''.join(lines)
            name, arguments, environment, lines = line[3:].strip(), [], {}, []
        elif line.startswith('-- '):
            arguments = line[3:].split()
        elif line.startswith('++ '):
            environment = dict(pair.split('=', 1) for pair in line[3:].split())
        else:
            lines.append(line)
    yield name, arguments, environment, ''.join(lines)


def options(conf, arguments):
    from odoo.tools.config import configmanager
    config = configmanager()
    config._parse_config(['-c', conf] + arguments)
    config._warn_deprecated_options()
    said = {}
    for name in NAMES:
        try:
            value = config[name]
        except KeyError:
            continue
        said[name] = value if isinstance(value, (bool, int, float, str, list, type(None))) else str(value)
    return said


def main():
    logging.disable(logging.CRITICAL)
    warnings.simplefilter('ignore')
    answers = {}
    for name, arguments, environment, text in cases(sys.argv[1]):
        conf = os.path.join(sys.argv[2], 'case.conf')
        with open(conf, 'w') as file:
            file.write(text)
        os.environ.update(environment)
        try:
            with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
                answers[name] = options(conf, arguments)
        except (Exception, SystemExit):
            answers[name] = 'refused'
        for key in environment:
            del os.environ[key]
    print(json.dumps(answers, indent=1, sort_keys=True))


main()
