# For `odoo shell`: makes a database weak in ways that an audit must find. Prints what it made as JSON: rule -> ids of records.
import json
from datetime import datetime, timedelta

made = {}
groups = 'group_ids' if 'group_ids' in env['res.users']._fields else 'groups_id'
now = datetime.utcnow()


def ago(days):
    return (now - timedelta(days=days)).strftime('%Y-%m-%d %H:%M:%S')


def user(login, names, days=1, password='Str0ng-' + 'x' * 12, **values):
    one = env['res.users'].with_context(no_reset_password=True).create(dict(
        values, login=login, name=login, password=password,
        **{groups: [(6, 0, [env.ref(name).id for name in names])]}))
    if days is not None:
        env.cr.execute('insert into res_users_log (create_uid, create_date, write_uid, write_date) values (%s, %s, %s, %s)',
                       (one.id, ago(days), one.id, ago(days)))
    env.cr.execute('update res_users set create_date = %s where id = %s', (ago(900), one.id))
    return one


def note(rule, *records):
    made.setdefault(rule, []).extend(record.id for record in records)


internal, system, rights = 'base.group_user', 'base.group_system', 'base.group_erp_manager'
stale = user('former.lead@lab.example', [internal], days=200)
old_admin = user('second.admin@lab.example', [internal, system], days=150)
note('user-stale', stale, old_admin)
note('user-admin-no-second-factor', old_admin)
note('user-never-seen', user('invited@lab.example', [internal], days=None))
note('user-shared', user('warehouse@lab.example', [internal]), user('kasse', [internal]))
note('user-test', user('test.portal@lab.example', [internal]))
note('user-rights-manager', user('hr.lead@lab.example', [internal, rights]))
note('user-outside-mail', user('partner@gmail.com', [internal], email='partner@gmail.com'))
clear = user('imported@lab.example', [internal])
env.cr.execute("update res_users set password = 'as-it-is' where id = %s", (clear.id,))
note('user-password-clear', clear)

# A customer in a group of employees: the check of user types stands in the way of the ORM.
customer = user('customer@elsewhere.example', ['base.group_portal'])
env.cr.execute('insert into res_groups_users_rel (gid, uid) values (%s, %s)', (env.ref('base.group_user').id, customer.id))
note('user-portal-internal', customer)

# A group of the warehouse that brings all rights.
lead = env['res.groups'].create({'name': 'Warehouse lead', 'implied_ids': [(4, env.ref(rights).id)]})
note('group-brings-administrator', lead)

model = env['ir.model']
def access(rule, name, model_name, group, **grants):
    row = env['ir.model.access'].create(dict(
        {'perm_' + operation: False for operation in ('read', 'write', 'create', 'unlink')},
        name=name, model_id=model._get_id(model_name) if hasattr(model, '_get_id') else model.search([('model', '=', model_name)]).id,
        group_id=group and env.ref(group).id, **grants))
    if rule:
        note(rule, row)
    return row

access('access-everybody-writes', 'weak everybody', 'res.partner.bank', None, perm_write=True)
access('access-everybody-reads', 'weak everybody reads', 'res.country.group', None, perm_read=True)
access('access-public-writes', 'weak public', 'res.partner.category', 'base.group_public', perm_create=True)
access('access-portal-writes', 'weak portal', 'res.partner.category', 'base.group_portal', perm_write=True)
access('access-wider-than-shipped', 'weak internal', 'ir.mail_server', internal, perm_write=True)
access(None, 'weak cron', 'ir.cron', internal, perm_write=True)
access(None, 'weak groups', 'res.groups', internal, perm_write=True)
access(None, 'weak parameters', 'ir.config_parameter', internal, perm_read=True)

# Visitors read every bank account: the rule by company keeps nobody from anything.
access('rule-portal-missing', 'weak public accounts', 'res.partner.bank', 'base.group_public', perm_read=True)
thing = env['ir.model'].create({'name': 'Rental', 'model': 'x_rental'})
access('rule-portal-missing', 'weak rental', 'x_rental', 'base.group_portal', perm_read=True)
field = env['ir.model.fields'].create({'name': 'x_iban', 'model_id': thing.id, 'ttype': 'char', 'field_description': 'IBAN'})
note('field-sensitive-open', field)
note('model-without-access', env['ir.model'].create({'name': 'Note', 'model': 'x_note'}))

partner = env.ref('base.model_res_partner')
note('rule-always-true', env['ir.rule'].create({
    'name': 'weak all partners', 'model_id': partner.id, 'domain_force': "[('id', '!=', False)]", 'groups': [(4, env.ref(internal).id)]}))
shipped = env['ir.rule'].search([('active', '=', True), ('domain_force', 'ilike', 'company_ids')], limit=1)
shipped.active = False
note('rule-switched-off', shipped)

altered = env.ref('sale.sale_order_personal_rule')
env.cr.execute("update ir_rule set domain_force = %s where id = %s", ("[('id', '>', -1)]", altered.id))
note('rule-changed', altered)
tags = env.ref('base.model_res_partner_category')
narrow = env['ir.rule'].create({
    'name': 'weak narrow', 'model_id': tags.id, 'domain_force': "[('create_uid', '=', user.id)]",
    'groups': [(4, env.ref('sales_team.group_sale_salesman').id)]})
wide = env['ir.rule'].create({
    'name': 'weak wide', 'model_id': tags.id, 'domain_force': "[(1, '=', 1)]", 'groups': [(4, env.ref(internal).id)]})
note('rule-void', narrow, wide)
note('rule-always-true', wide)

server = env['ir.actions.server'].create({
    'name': 'weak code', 'model_id': partner.id, 'state': 'code',
    'code': "env.cr.execute(\"SELECT name FROM res_partner WHERE name = '%s'\" % record.name)\n"})
if 'website_published' in server._fields:
    public = server.copy({'name': 'weak public code'})
    public.website_published = True
    note('action-public', public)
view = env['ir.ui.view'].create({
    'name': 'weak view', 'type': 'qweb', 'key': 'weak.view', 'arch_db': '<t t-name="weak.view"><a t-attf-onclick="show(\'#{request.params}\')">x</a></t>'})
note('VIEW', view)
job = env['ir.cron'].create(dict(
    {'name': 'weak job', 'model_id': partner.id, 'state': 'code', 'code': 'model.search([])', 'user_id': 1, 'interval_number': 1,
     'interval_type': 'days'}, **({'numbercall': -1} if 'numbercall' in env['ir.cron']._fields else {})))
note('job-as-superuser', job)
late = env['ir.cron'].create(dict(
    {'name': 'late job', 'model_id': partner.id, 'state': 'code', 'code': 'model.search([])', 'user_id': old_admin.id, 'interval_number': 1,
     'interval_type': 'hours'}, **({'numbercall': -1} if 'numbercall' in env['ir.cron']._fields else {})))
env.cr.execute("update ir_cron set nextcall = %s where id = %s", (ago(5), late.id))
note('job-stuck', late)
vital = env.ref('base.autovacuum_job')
env.cr.execute('update ir_cron set active = false where id = %s', (vital.id,))
note('job-vital-off', vital)

counted = {'numbercall': -1} if 'numbercall' in env['ir.cron']._fields else {}
def cron(name, **values):
    return env['ir.cron'].create(dict(
        {'name': name, 'model_id': partner.id, 'state': 'code', 'code': 'model.search([])', 'user_id': old_admin.id, 'interval_number': 1,
         'interval_type': 'days'}, **dict(counted, **values)))

note('job-often', cron('often', interval_number=2, interval_type='minutes'))
postponed = cron('postponed')
env.cr.execute('update ir_cron set nextcall = %s where id = %s', (ago(-400), postponed.id))
note('job-postponed', postponed)
dead = cron('dead', active=False)
env.cr.execute('update ir_cron set lastcall = %s where id = %s', (ago(400), dead.id))
note('job-dead', dead)
if counted:
    spent = cron('spent')
    env.cr.execute('update ir_cron set numbercall = 0 where id = %s', (spent.id,))
    note('job-exhausted', spent)
slow = env.ref('mail.ir_cron_mail_scheduler_action')
env.cr.execute("update ir_cron set interval_type = 'days' where id = %s", (slow.id,))
note('job-vital-slow', slow)
note('sequence-code', env['ir.sequence'].create({'name': 'weak', 'prefix': '<img src=x onerror=alert(1)>'}))
note('REPORT', env['ir.actions.report'].create({
    'name': 'weak report', 'model': 'res.partner', 'report_name': 'weak.report', 'report_type': 'qweb-html',
    'print_report_name': "object.env.cr.execute('SELECT ' + object.name)"}))

set_param = env['ir.config_parameter'].sudo().set_param
for rule, key, value in [
        ('password-policy-missing', 'auth_password_policy.minlength', '4'), ('signup-open', 'auth_signup.invitation_scope', 'b2c'),
        ('login-cooldown-weak', 'base.login_cooldown_after', '0'), ('base-url-wrong', 'web.base.url', 'http://erp.lab.example'),
        ('parameter-code', 'shop.filter', "__import__('os').system('id')"), ('parameter-secret', 'shop.api_token', 'abcdef0123456789'),
        ('parameter-secret', 'shop.gateway', 'https://shop:s3cret@gateway.lab.example/'), ('attachments-in-database', 'ir_attachment.location', 'db')]:
    set_param(key, value)
    note(rule, env['ir.config_parameter'].search([('key', '=', key)]))
note('user-password-guessed', user('trainee@lab.example', [internal], password='123456'))
mail = env['ir.mail_server'].create({'name': 'weak', 'smtp_host': 'smtp.lab.example', 'smtp_port': 25, 'smtp_encryption': 'none', 'smtp_debug': True})
note('mail-server-in-clear', mail)
note('mail-server-debug', mail)
if 'fetchmail.server' in env:
    note('mail-source-in-clear', env['fetchmail.server'].create({
        'name': 'weak', 'server': 'pop.lab.example', 'server_type': 'pop', 'is_ssl': False, 'user': 'x', 'password': 'y'}))
note('oauth-in-clear', env['auth.oauth.provider'].create({
    'name': 'weak', 'client_id': 'x', 'enabled': True, 'body': 'x', 'auth_endpoint': 'http://id.lab.example/a',
    'validation_endpoint': 'http://id.lab.example/v'}))
note('attachment-public', env['ir.attachment'].create({
    'name': 'customers.sql', 'public': True, 'raw' if 'raw' in env['ir.attachment']._fields else 'datas': b'eA=='}))

# Without `cr.commit` in between: keys are made as the user that owns them.
keys = env['res.users.apikeys']
def key(rule, owner, name, days, *more):
    keys.with_user(owner)._generate('rpc', name, *more)
    env.cr.execute('update res_users_apikeys set create_date = %s where name = %s returning id', (ago(days), name))
    made.setdefault(rule, []).append(env.cr.fetchone()[0])

end = (None,) if 'expiration_date' in keys._fields or env['res.users']._fields.get('all_group_ids') else ()
key('key-of-administrator', user('sync@lab.example', [internal, system]), 'weak admin key', 20, *end)
key('key-old', clear, 'weak old key', 500, *((now + timedelta(days=30),) if end else ()))

# Modules that nobody knows: one with what it needs missing, one that only lies there.
def module(rule, name, state):
    env.cr.execute("insert into ir_module_module (name, state, author, latest_version) values (%s, %s, 'Somebody', %s) returning id",
                   (name, state, '14.0.1.0' if counted else '19.0.1.0'))
    made.setdefault(rule, []).append(env.cr.fetchone()[0])
    return made[rule][-1]
strange = module('module-unknown', 'weak_strange', 'installed')
env.cr.execute("insert into ir_module_module_dependency (name, module_id) values ('weak_missing', %s)", (strange,))
made['module-dependency-missing'] = [strange]
module('module-idle', 'weak_idle', 'uninstalled')

recent = user('fresh.admin@lab.example', [internal, system])
env.cr.execute('update res_users set create_date = %s where id = %s', (ago(0), recent.id))
note('administrator-new', recent)
made['code-changed'] = made['REPORT'] + [server.id, view.id]
made['rights-changed'] = made['rule-void'][:2]
env.cr.commit()
print('MADE ' + json.dumps(made))
