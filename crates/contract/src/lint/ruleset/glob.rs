//! Globs: which files an override is for.

/// Whether a path from where the ruleset stands fits a pattern of `**`, `*`, `?` and `{a,b}`.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut alternatives = vec![pattern.strip_prefix("./").unwrap_or(pattern).to_owned()];
    // Braces first; a pattern with more alternatives than these is written by nobody.
    while alternatives.len() < 64 {
        let Some((at, with_braces)) = alternatives
            .iter()
            .enumerate()
            .find_map(|(at, one)| Some((at, braces(one)?)))
        else {
            break;
        };
        alternatives.splice(at..=at, with_braces);
    }
    let steps: Vec<&str> = path.split('/').collect();
    alternatives.iter().any(|one| {
        let wanted: Vec<&str> = one.split('/').collect();
        // A pattern without a folder names a file wherever it stands.
        match (wanted.as_slice(), steps.last()) {
            ([name], Some(last)) => is_like(name, last),
            _ => fits(&wanted, &steps),
        }
    })
}

/// The alternatives of the first pair of braces.
fn braces(pattern: &str) -> Option<Vec<String>> {
    let (before, rest) = pattern.split_once('{')?;
    let (inside, after) = rest.split_once('}')?;
    Some(
        inside
            .split(',')
            .map(|one| format!("{before}{one}{after}"))
            .collect(),
    )
}

/// Whether the steps of a path fit those of a pattern: a table of which ends of both fit, filled from the end.
fn fits(wanted: &[&str], steps: &[&str]) -> bool {
    let mut row = vec![false; steps.len()];
    row.push(true);
    for want in wanted.iter().rev() {
        let mut next = vec![false; steps.len() + 1];
        if *want == "**" {
            let mut any = false;
            for (fits, before) in next.iter_mut().zip(&row).rev() {
                any |= *before;
                *fits = any;
            }
        } else {
            for ((fits, step), after) in next.iter_mut().zip(steps).zip(row.iter().skip(1)) {
                *fits = *after && is_like(want, step);
            }
        }
        row = next;
    }
    row.first() == Some(&true)
}

/// Whether a name fits a pattern of `*` and `?`, by the same kind of table.
fn is_like(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let mut row = vec![false; name.len()];
    row.push(true);
    for wanted in pattern.chars().rev() {
        let mut next = vec![false; name.len() + 1];
        if wanted == '*' {
            let mut any = false;
            for (fits, before) in next.iter_mut().zip(&row).rev() {
                any |= *before;
                *fits = any;
            }
        } else {
            for ((fits, c), after) in next.iter_mut().zip(&name).zip(row.iter().skip(1)) {
                *fits = *after && (wanted == '?' || wanted == *c);
            }
        }
        row = next;
    }
    row.first() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_pattern_is_for_the_files_that_it_names() {
        for (pattern, path) in [
            ("*.yaml", "api/orders.yaml"),
            ("api/*.yaml", "./api/orders.yaml"),
            ("**/*.{yaml,json}", "a/b/c.json"),
            ("**/*.yaml", "c.yaml"),
            ("api/**/v?.yaml", "api/x/y/v1.yaml"),
            ("orders.yaml", "orders.yaml"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("api/*.yaml", "api/x/orders.yaml"),
            ("*.json", "orders.yaml"),
            ("api/**", "other/a.yaml"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }
}
