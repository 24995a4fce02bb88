# Weak on purpose: lab/audit installs it, finds it, and joins what it finds.
from odoo import http
from odoo.http import request


class WeakFront(http.Controller):
    @http.route("/weak/search", type="http", auth="public")
    def search(self, name="", **kw):
        request.env.cr.execute("select login from res_users where login = '%s'" % name)
        return str(len(request.env.cr.fetchall()))

    @http.route("/weak/rename", type="http", auth="public", csrf=False)
    def rename(self, partner_id, name, **kw):
        request.env["res.partner"].sudo().browse(int(partner_id)).write({"name": name})
        return "ok"

    @http.route("/weak/partner", type="http", auth="public")
    def partner(self, partner_id, **kw):
        return request.env["res.partner"].sudo().browse(int(partner_id)).name
