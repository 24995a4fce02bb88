from odoo import http
from odoo.http import request


class Helpdesk(http.Controller):
    @http.route("/ticket/<int:ticket_id>", type="http", auth="public")
    def ticket(self, ticket_id):
        ticket = request.env["weak.ticket"].sudo().browse(ticket_id)
        return request.render("weak_helpdesk.ticket", {"ticket": ticket})

    @http.route("/ticket/close", type="json", auth="public")
    def close(self, ticket_id):
        request.env["weak.ticket"].sudo().browse(ticket_id).write({"active": False})

    @http.route("/ticket/new", type="http", auth="user", methods=["POST"], csrf=False)
    def new(self, **post):
        request.env["weak.ticket"].create(post)
        return request.redirect("/my")

    @http.route("/ticket/by_token", type="json", auth="public")
    def by_token(self, token=None):
        ticket = request.env["weak.ticket"].sudo().search([("access_token", "=", token)])
        return ticket.name
