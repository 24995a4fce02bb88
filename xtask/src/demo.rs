//! The picture in the README: the real output of a scan of the bundled example.

use std::process::Command;

use crate::root;

pub fn write() -> Result<(), String> {
    let output = Command::new("cargo")
        .args(["run", "--quiet", "--release", "--package", "castellan-cli", "--"])
        .args([
            "--color",
            "always",
            "scan",
            "examples/weak-addons",
            "--rule",
            "sql-rpc-source",
            "--rule",
            "grp-implied-admin",
        ])
        .env("COLUMNS", "100")
        .current_dir(root())
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let shown = format!("$ castellan scan examples/weak-addons --rule sql-rpc-source --rule grp-implied-admin\n{text}");
    let svg = anstyle_svg::Term::new().render_svg(&shown);
    std::fs::write(root().join("docs/demo.svg"), svg).map_err(|error| error.to_string())
}
