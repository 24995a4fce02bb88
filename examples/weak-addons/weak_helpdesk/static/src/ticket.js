/** @odoo-module **/

export function showTicket(element, ticket) {
    element.innerHTML = `<h2>${ticket.name}</h2>`;
}
