{
    "name": "Weak front",
    "version": "SERIES.1.0.0",
    "author": "Castellan's lab",
    "license": "LGPL-3",
    "depends": ["base", "web"],
    "data": [],
}
