-- Makes a database of Odoo 14 or 19 as large as that of a company with 5,000 users: for `cargo xtask bench database`.
-- Copies of the administrator, whatever columns the modules brought.
INSERT INTO res_partner
SELECT (jsonb_populate_record(p, jsonb_build_object('id', nextval('res_partner_id_seq'), 'name', 'large ' || i, 'email', 'large' || i || '@example.com'))).*
FROM res_partner p, generate_series(1, 5000) i WHERE p.id = (SELECT partner_id FROM res_users WHERE id = 2);
INSERT INTO res_users
SELECT (jsonb_populate_record(u, jsonb_build_object('id', nextval('res_users_id_seq'), 'login', p.name, 'partner_id', p.id, 'oauth_uid', NULL, 'share', false))).*
FROM res_users u, res_partner p WHERE u.id = 2 AND p.name LIKE 'large %';
INSERT INTO res_company_users_rel (cid, user_id) SELECT (SELECT min(id) FROM res_company), id FROM res_users WHERE login LIKE 'large %';
INSERT INTO res_users_log (create_uid, create_date) SELECT id, now() - (id % 200) * interval '1 day' FROM res_users WHERE login LIKE 'large %';
INSERT INTO res_groups
SELECT (jsonb_populate_record(g, jsonb_build_object('id', nextval('res_groups_id_seq'), 'name',
        CASE WHEN jsonb_typeof(to_jsonb(g.name)) = 'object' THEN jsonb_build_object('en_US', 'large ' || i) ELSE to_jsonb('large ' || i) END))).*
FROM res_groups g, generate_series(1, 800) i WHERE g.id = (SELECT res_id FROM ir_model_data WHERE module = 'base' AND name = 'group_allow_export');
CREATE TEMP TABLE large_groups AS SELECT id, row_number() OVER (ORDER BY id) AS n FROM res_groups ORDER BY id DESC LIMIT 800;
-- Chains of ten, each ending in the group of internal users.
INSERT INTO res_groups_implied_rel (gid, hid)
SELECT a.id, b.id FROM large_groups a JOIN large_groups b ON b.n = a.n - 1 WHERE a.n % 10 <> 0;
INSERT INTO res_groups_implied_rel (gid, hid)
SELECT id, (SELECT res_id FROM ir_model_data WHERE module = 'base' AND name = 'group_user') FROM large_groups WHERE n % 10 = 0 ON CONFLICT DO NOTHING;
INSERT INTO res_groups_users_rel (gid, uid)
SELECT (SELECT res_id FROM ir_model_data WHERE module = 'base' AND name = 'group_user'), id FROM res_users WHERE login LIKE 'large %';
INSERT INTO res_groups_users_rel (gid, uid)
SELECT g.id, u.id FROM res_users u JOIN large_groups g ON (g.n + u.id) % 160 = 0 WHERE u.login LIKE 'large %' ON CONFLICT DO NOTHING;
INSERT INTO ir_model_access (name, active, model_id, group_id, perm_read, perm_write, perm_create, perm_unlink)
SELECT 'large ' || i, true, m.id, g.id, true, i % 3 = 0, i % 5 = 0, false
FROM generate_series(1, 3000) i
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS all FROM ir_model WHERE NOT transient AND model NOT LIKE 'ir.%' AND model NOT LIKE 'res.%') m
  ON m.n = 1 + i % m.all
JOIN large_groups g ON g.n = 1 + i % 800;
INSERT INTO ir_rule (name, active, model_id, domain_force, perm_read, perm_write, perm_create, perm_unlink, global)
SELECT 'large ' || i, true, m.id, '[(''create_uid'', ''='', user.id)]', true, true, true, true, false
FROM generate_series(1, 1500) i
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS all FROM ir_model WHERE NOT transient AND model NOT LIKE 'ir.%' AND model NOT LIKE 'res.%') m
  ON m.n = 1 + i % m.all;
INSERT INTO rule_group_rel (rule_group_id, group_id)
SELECT r.id, g.id FROM ir_rule r JOIN large_groups g ON g.n = 1 + r.id % 800 WHERE r.name LIKE 'large %';
-- As after the first cleaning: nobody runs a database of this size without statistics.
ANALYZE;
