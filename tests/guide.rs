//! The guide: no formula without code, no code that is not run, and a way from the four equations to `dnn` and back.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::Path;

/// What of the guide's text is not code, and its blocks of code.
struct Page {
    name: String,
    text: String,
    blocks: Vec<String>,
    /// What stands behind the three ticks that open each block.
    marks: Vec<String>,
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// All pages, in the order of `src/guide/mod.rs`.
fn pages() -> Vec<Page> {
    let contents = read("src/guide/mod.rs");
    contents.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).map(page).collect()
}

fn page(name: &str) -> Page {
    let mut page = Page { name: name.into(), text: String::new(), blocks: Vec::new(), marks: Vec::new() };
    let mut inside = false;
    for line in read(&format!("src/guide/{name}.rs")).lines() {
        let line = line.strip_prefix("//!").unwrap_or_else(|| panic!("{name} is more than a page: {line}"));
        let into = match (line.strip_prefix(" ```"), inside) {
            (Some(mark), false) => {
                page.marks.push(mark.into());
                page.blocks.push(String::new());
                inside = true;
                continue;
            }
            (Some(_), true) => {
                inside = false;
                continue;
            }
            (None, false) => &mut page.text,
            (None, true) => page.blocks.last_mut().unwrap(),
        };
        into.push_str(line);
        into.push('\n');
    }
    assert!(!inside, "{name} ends within a block of code");
    page
}

/// The formulas in a text: what stands between ticks with an equals sign in it.
fn formulas(text: &str) -> impl Iterator<Item = &str> {
    let between_ticks = text.split('`').skip(1).step_by(2);
    between_ticks.filter(|inside| inside.contains(" = ") || inside.contains(" := "))
}

#[test]
fn every_section_of_the_course_has_its_page() {
    let expected = [
        "brains",
        "building_blocks",
        "circuits",
        "deep_network",
        "dimensions",
        "forward",
        "forward_and_backward",
        "hyperparameters",
        "review",
        "why_deep",
    ];
    assert_eq!(pages().iter().map(|page| page.name.as_str()).collect::<Vec<_>>(), expected);
    assert_eq!(read("src/guide/mod.rs").lines().filter(|line| line.contains(". [`")).count(), expected.len());
}

#[test]
fn all_code_is_run() {
    for page in pages() {
        assert!(!page.blocks.is_empty(), "{} has no code", page.name);
        assert_eq!(page.marks.concat(), "", "{}: a block that is not run as it stands", page.name);
        for block in &page.blocks {
            assert!(block.contains("assert"), "{}: a block that asks nothing:\n{block}", page.name);
        }
    }
}

#[test]
fn every_formula_stands_beside_the_line_that_computes_it() {
    for page in pages() {
        for formula in formulas(&page.text) {
            let beside = page.blocks.iter().flat_map(|block| block.lines());
            let found =
                beside.filter_map(|line| line.split_once("//")).any(|(_, note)| note.contains(formula));
            assert!(found, "{} has no code for {formula}", page.name);
        }
    }
}

#[test]
fn the_four_equations_lead_to_the_code_and_back() {
    let guide = page("forward_and_backward");
    let (dense, pointwise, cost) = (
        read("crates/dnn-core/src/dense.rs"),
        read("crates/dnn-core/src/activation/pointwise.rs"),
        read("crates/dnn-train/src/cost/cross_entropy.rs"),
    );
    for (equation, code, link) in [
        ("dZ[l] = dA[l] * g'(Z[l])", &dense, "core::Dense#method.backward"),
        ("dZ[l] = dA[l] * g'(Z[l])", &pointwise, "core::Pointwise#method.backward"),
        ("dW[l] = 1/m dZ[l] A[l-1]ᵀ", &dense, "core::Dense#method.gradient"),
        ("db[l] = 1/m Σ dZ[l]", &dense, "core::Dense#method.gradient"),
        ("dA[l-1] = W[l]ᵀ dZ[l]", &dense, "core::Dense#method.backward"),
        ("dZ[L] = A[L] − Y", &cost, "train::BinaryCrossEntropy#method.cost"),
        ("dA[L] = −(Y/A[L]) + (1 − Y)/(1 − A[L])", &cost, "train::explicit_binary_gradient"),
    ] {
        let back = format!("// {equation}: dnn::guide::forward_and_backward");
        assert!(code.contains(&back), "the code has no line: {back}");
        let there = guide.text.split("\n - ").find(|item| item.starts_with(&format!("`{equation}`")));
        let there = there.unwrap_or_else(|| panic!("the guide has no {equation}"));
        assert!(there.contains(link), "{equation} does not lead to {link}");
    }
}

/// The blocks of code in a README.
fn blocks(path: &str) -> Vec<String> {
    let text = read(path);
    text.split("\n```").skip(1).step_by(2).map(Into::into).collect()
}

#[test]
fn the_korean_readme_shows_no_code_but_that_of_the_english_one() {
    let english = blocks("README.md");
    let korean = blocks("README.ko.md");
    assert!(korean.iter().any(|block| block.starts_with("rust\n")), "the program is missing");
    for block in korean {
        assert!(english.contains(&block), "README.md has no such block:\n{block}");
    }
}
