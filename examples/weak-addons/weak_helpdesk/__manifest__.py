{
    "name": "Weak helpdesk",
    "summary": "An example with weaknesses on purpose. Never install it.",
    "version": "17.0.1.0.0",
    "author": "The Castellan developers",
    "license": "LGPL-3",
    "depends": ["base", "web", "portal"],
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "views/templates.xml",
    ],
    "assets": {"web.assets_frontend": ["weak_helpdesk/static/src/ticket.js"]},
}
