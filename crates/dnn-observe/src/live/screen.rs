//! A live view's picture: a head, the curves, the numbers, how far it is.

use dnn_figures::short;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::symbols::Marker;
use ratatui::text::Line;
use ratatui::widgets::{Axis, Block, Chart, Dataset, Gauge, GraphType, Paragraph};

use super::numbers::Numbers;

/// Draws the run as it is `seconds` after its start.
pub(super) fn draw(frame: &mut Frame<'_>, numbers: &Numbers, logarithmic: bool, seconds: f64) {
    let rows = [
        Constraint::Length(1),
        Constraint::Min(5),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ];
    let [head, curves, values, gauge, keys] = Layout::vertical(rows).areas(frame.area());
    let title = Line::from(vec![numbers.label.as_str().bold(), "  ".into(), numbers.network.as_str().dim()]);
    frame.render_widget(title, head);
    chart(frame, curves, numbers, logarithmic);
    frame.render_widget(Paragraph::new(values_line(numbers, seconds)), values);
    frame.render_widget(progress(numbers, seconds), gauge);
    frame.render_widget("q stop   l log scale".dim(), keys);
}

fn chart(frame: &mut Frame<'_>, area: Rect, numbers: &Numbers, logarithmic: bool) {
    let seen = |points: Vec<(f64, f64)>| -> Vec<(f64, f64)> {
        let points = points.into_iter().map(|(x, y)| (x, if logarithmic { y.log10() } else { y }));
        points.filter(|point| point.1.is_finite()).collect()
    };
    let (training, validation) = (seen(numbers.training.points()), seen(numbers.validation.clone()));
    let ys = || training.iter().chain(&validation).map(|point| point.1);
    let (low, high) = (ys().fold(f64::INFINITY, f64::min), ys().fold(f64::NEG_INFINITY, f64::max));
    let (low, high) = if low < high { (low, high) } else { (low.min(0.0), high.max(1.0)) };
    let value = |place: f64| short(if logarithmic { 10_f64.powf(place) } else { place });
    let line = |name, color, points| {
        Dataset::default()
            .name(name)
            .marker(Marker::Braille)
            .graph_type(GraphType::Line)
            .style(Style::new().fg(color))
            .data(points)
    };
    let mut sets = vec![line("training", Color::Cyan, &training)];
    if !validation.is_empty() {
        sets.push(line("validation", Color::Yellow, &validation));
    }
    let end = numbers.step.max(2) as f64;
    let title = if logarithmic { " cost, log scale " } else { " cost " };
    let x = Axis::default().bounds([1.0, end]).labels(["1".to_owned(), short(0.5 * end), short(end)]);
    let y = Axis::default().bounds([low, high]).labels([value(low), value(0.5 * (low + high)), value(high)]);
    frame.render_widget(Chart::new(sets).block(Block::bordered().title(title)).x_axis(x).y_axis(y), area);
}

/// The last numbers, in a line.
fn values_line(numbers: &Numbers, seconds: f64) -> String {
    let (rate, _) = numbers.pace(seconds);
    let epoch = numbers.step as f64 / numbers.steps_per_epoch.max(1) as f64;
    let own = [
        format!("cost {}", short(numbers.cost)),
        format!("{} steps/s", short(rate.round())),
        format!("epoch {epoch:.1}"),
    ];
    let measured = numbers.measured.iter().map(|(name, value)| format!("{name} {}", short(*value)));
    own.into_iter().chain(measured).collect::<Vec<_>>().join("   ")
}

fn progress(numbers: &Numbers, seconds: f64) -> Gauge<'static> {
    let (_, left) = numbers.pace(seconds);
    let left = if numbers.steps_here() == 0 { "–".to_owned() } else { clock(left) };
    let text = format!("step {} of {}, {left} left", numbers.step, numbers.steps);
    Gauge::default().ratio(numbers.done()).label(text).gauge_style(Style::new().fg(Color::Blue))
}

/// Hours, minutes and seconds.
fn clock(seconds: f64) -> String {
    let seconds = seconds.clamp(0.0, 3.6e8).ceil() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use dnn_train::{Event, RunState};
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;

    fn shown(width: u16, height: u16, steps: u64, logarithmic: bool) -> String {
        let mut numbers = Numbers::new("faces".into());
        numbers.add(&Event::Started { network: "2-1", steps: 1000, steps_per_epoch: 10 });
        let run = RunState::default();
        for step in 1..=steps {
            numbers.add(&Event::Step { step, cost: 1.0 / step as f64, run });
        }
        let metrics = [("accuracy".to_owned(), 0.75)];
        numbers.add(&Event::Validation { epoch: 1.0, step: 10, cost: 0.5, metrics: &metrics, run });
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, &numbers, logarithmic, 2.0)).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn curves_numbers_and_time_left_are_on_the_screen() {
        let text = shown(100, 24, 100, false);
        for part in [
            "faces",
            "2-1",
            "training",
            "validation",
            "cost 0.01",
            "50 steps/s",
            "epoch 10.0",
            "validation accuracy 0.75",
            "step 100 of 1000, 0:18 left",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        assert!(
            text.chars().any(|character| ('\u{2801}'..='\u{28ff}').contains(&character)),
            "no curve in\n{text}"
        );
        assert!(shown(100, 24, 100, true).contains("cost, log scale"));
    }

    #[test]
    fn any_size_and_a_run_without_steps_are_drawn() {
        for (width, height) in [(1, 1), (10, 3), (300, 100)] {
            shown(width, height, 0, true);
            shown(width, height, 5000, false);
        }
    }

    #[test]
    fn time_reads_as_on_a_clock() {
        assert_eq!(
            (clock(18.0), clock(61.2), clock(7322.0)),
            ("0:18".into(), "1:02".into(), "2:02:02".into())
        );
    }
}
