//! Castellan's own grade of a site: the worst finding caps it. What Odoo itself makes impossible, such as a strict content security policy
//! for the back office, does not count.

use castellan_model::{Confidence, Finding, Grade, Persona, Severity};

use crate::view::View;

pub(super) fn grade(view: &View<'_>, findings: &[Finding], coverage: usize) -> Option<Grade> {
    if view.evidence.unreachable.is_some() || view.gate().is_some() || view.odoo().is_err() {
        return None;
    }
    let counted: Vec<&Finding> =
        findings.iter().filter(|one| one.persona == Persona::Regular && one.confidence >= Confidence::Medium).collect();
    let of = |severity: Severity| counted.iter().filter(|one| one.severity == severity).count();
    let mut reasons = Vec::new();
    let mut letter = "A+";
    let mut cap = |holds: bool, to: &'static str, reason: String| {
        if holds {
            if letter < to || letter == "A+" {
                letter = to;
            }
            reasons.push(reason);
        }
    };
    let (critical, high, medium, low) =
        (of(Severity::Critical), of(Severity::High), of(Severity::Medium), of(Severity::Low));
    cap(critical > 0, "F", format!("{critical} critical: at most F"));
    cap(high > 0, "D", format!("{high} high: at most D"));
    cap(medium > 2, "C", format!("{medium} medium: at most C"));
    cap(medium > 0 && medium < 3, "B", format!("{medium} medium: at most B"));
    cap(low > 0, "A", format!("{low} low: at most A"));
    let whole = coverage >= 75;
    if !whole {
        reasons.push(format!("{coverage} % of the checks have a verdict: the grade is an upper bound"));
    }
    let score = i32::try_from(100_usize.saturating_sub(critical * 50 + high * 25 + medium * 8 + low * 2)).unwrap_or(0);
    let grade = if whole { letter.to_owned() } else { format!("at best {letter}") };
    Some(Grade { scheme: "Castellan, for Odoo".into(), grade, score, reasons })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Evidence;
    use crate::example::hardened;
    use crate::judge::judge;

    fn graded(evidence: &Evidence, coverage: usize) -> Option<String> {
        grade(&View::new(evidence), &judge(evidence, &[], &[]).findings, coverage).map(|grade| grade.grade)
    }

    #[test]
    fn the_worst_finding_caps_it() {
        let mut evidence = hardened();
        assert_eq!(graded(&evidence, 100).as_deref(), Some("A+"));
        assert_eq!(graded(&evidence, 60).as_deref(), Some("at best A+"));
        evidence.exchanges.get_mut("login").unwrap().headers.retain(|(name, _)| name != "x-content-type-options");
        assert_eq!(graded(&evidence, 100).as_deref(), Some("A"));
        evidence.tls.as_mut().unwrap().compression = true;
        assert_eq!(graded(&evidence, 100).as_deref(), Some("D"));
        evidence.unreachable = Some("refused".into());
        assert_eq!(graded(&evidence, 100), None);
    }
}
