//! The report: one HTML file that needs no network, made from the folders of one run or many.
//!
//! `data` chooses what of a run goes into the page, `measure` what runs are ranked by, and the page itself is written by hand
//! in the `.html`, `.css` and `.js` files beside this one; the browser builds it from the data.

mod data;
mod measure;

use std::path::Path;

use crate::json_lines::now;
use crate::run::write_whole;
use crate::{Error, Result, Run};
use data::Data;
use measure::Measure;

const PAGE: &str = include_str!("report.html");
const STYLE: &str = include_str!("report.css");
const SCRIPTS: [&str; 7] = [
    include_str!("dom.js"),
    include_str!("runs.js"),
    include_str!("chart.js"),
    include_str!("compare.js"),
    include_str!("sweep.js"),
    include_str!("closer.js"),
    include_str!("report.js"),
];

/// One HTML page about one run or many: curves of all together, what differs between them, each looked at closely.
///
/// The page holds everything it needs and loads nothing. Long curves are thinned to what a screen shows.
///
/// ```
/// use dnn_observe::{Line, Report, Run};
///
/// let mut run = Run::named("8-16-1");
/// run.metrics.add(Line::Step { step: 1, cost: 0.69, seconds: 0.01 });
/// let html = Report::new("Parity").run(run).html()?;
/// assert!(html.starts_with("<!doctype html>") && html.contains("8-16-1"));
/// # Ok::<(), dnn_observe::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Report {
    title: String,
    runs: Vec<Run>,
    measure: Option<Measure>,
    sweep: bool,
}

impl Report {
    /// A report without runs.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), runs: Vec::new(), measure: None, sweep: false }
    }

    /// One more run.
    pub fn run(mut self, run: Run) -> Self {
        self.runs.push(run);
        self
    }

    /// What runs are ranked by, such as `validation accuracy`: a part of the data and a metric of [`crate::Outcome`]. Where
    /// this is left out, the first of validation's and test's accuracy, AUC, R², errors and cost that runs have.
    pub fn ranked_by(mut self, measure: impl Into<String>, higher_is_better: bool) -> Self {
        self.measure = Some(Measure { name: measure.into(), higher: higher_is_better });
        self
    }

    /// Says that the runs are a sweep: their curves are coloured by the learning rate where it was varied, else by the
    /// measure.
    pub fn sweep(mut self) -> Self {
        self.sweep = true;
        self
    }

    /// The page.
    ///
    /// # Errors
    /// [`Error::EmptyReport`] if it has no runs.
    pub fn html(&self) -> Result<String> {
        if self.runs.is_empty() {
            return Err(Error::EmptyReport);
        }
        let measure = self.measure.clone().or_else(|| Measure::usual(&self.runs));
        let data = Data::new(&self.title, now(), self.sweep, measure.as_ref(), &self.runs);
        Ok(page(&self.title, &json(&data)))
    }

    /// Writes the page to `path`.
    ///
    /// # Errors
    /// As [`Report::html`], and [`Error::RunFile`] if the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write_whole(path.as_ref(), self.html()?.as_bytes())
    }
}

/// The data as JSON in which nothing can be read as HTML.
fn json(data: &Data<'_>) -> String {
    let text = serde_json::to_string(data).expect("texts and numbers can always be written");
    // These stand in texts only, where JSON takes an escape for the character itself.
    ['<', '>', '&', '\u{2028}', '\u{2029}']
        .into_iter()
        .fold(text, |text, character| text.replace(character, &format!("\\u{:04x}", character as u32)))
}

/// The page around the data; what is put in is not looked at again.
fn page(title: &str, data: &str) -> String {
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    let scripts = SCRIPTS.concat();
    let parts = [("{title}", title.as_str()), ("{style}", STYLE), ("{data}", data), ("{script}", &scripts)];
    let (mut page, mut rest) = (String::new(), PAGE);
    for (mark, part) in parts {
        let (before, after) = rest.split_once(mark).unwrap_or((rest, ""));
        page.push_str(before);
        page.push_str(part);
        rest = after;
    }
    page + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::About;

    /// What the page hands to its script.
    fn embedded(html: &str) -> serde_json::Value {
        let (_, rest) = html.split_once("id=\"data\">").unwrap();
        serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
    }

    #[test]
    fn no_name_breaks_out_of_the_page() {
        let name = "</script><script>alert(1)</script><!-- {script} & \u{2028} \"'";
        let mut run = Run::named("run");
        run.about = Some(About { name: name.into(), ..About::default() });
        let html = Report::new(name).run(run).html().unwrap();
        assert_eq!(embedded(&html)["runs"][0]["name"], name);
        assert_eq!(html.matches("<script").count(), 2);
        assert_eq!(html.matches("</script>").count(), 2);
        assert!(!html.contains("alert(1)</script>") && html.trim_end().ends_with("</html>"));
    }

    #[test]
    fn the_page_asks_the_network_for_nothing() {
        let html = Report::new("offline").run(Run::named("run")).html().unwrap();
        let spaces = "http://www.w3.org/2000/svg";
        assert!(!html.replace(spaces, "").contains("://"), "an address in the page");
        assert!(html.contains("default-src 'none'"));
    }

    #[test]
    fn a_report_without_runs_is_refused_in_words() {
        let error = Report::new("none").html().unwrap_err().to_string();
        assert_eq!(error, "a report has 0 runs, but needs at least 1: pass it the folder of a run");
    }
}
