import subprocess

from odoo import fields, models
from odoo.tools.safe_eval import safe_eval


class Ticket(models.Model):
    _name = "weak.ticket"
    _description = "Ticket"

    name = fields.Char()
    api_key = fields.Char()
    age = fields.Integer(search="_search_age")
    company_id = fields.Many2one("res.company")
    access_token = fields.Char(copy=False)

    def find(self, words):
        """Every logged-in user can call this over RPC."""
        return self._run(self._where(words))

    def _where(self, words):
        return "name ILIKE '%%%s%%'" % words

    def _run(self, where):
        self.env.cr.execute("SELECT id FROM weak_ticket WHERE " + where)
        return [row[0] for row in self.env.cr.fetchall()]

    def _search_age(self, operator, value):
        self.env.cr.execute(
            f"SELECT id FROM weak_ticket WHERE age {operator} {value}"
        )
        return [("id", "in", [row[0] for row in self.env.cr.fetchall()])]

    def compute_price(self, formula):
        return safe_eval(formula, {"ticket": self})

    def make_pdf(self, name):
        subprocess.run("pandoc %s -o out.pdf" % name, shell=True, check=True)
