//! `dnn doctor`: what this machine has for deep networks, how fast it is, and what dnn makes of it.

use std::fmt::Write;
use std::time::Duration;

use dnn_blas::Found;
use dnn_core::{Backend, Matrix, MatrixMut, Product, Real};
use serde::Serialize;

use crate::flags::cores;
use dnn_pipeline::measure::{self, Shape};

/// Everything found out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Report {
    /// Version of dnn.
    pub(crate) version: &'static str,
    /// The processor.
    pub(crate) cpu: Cpu,
    /// Every back end there is, the best known first.
    pub(crate) backends: Vec<BackendReport>,
    /// The one that `auto` chooses.
    pub(crate) chosen: String,
    /// Why.
    pub(crate) reason: String,
}

/// The processor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Cpu {
    /// Its name, as it gives it itself.
    pub(crate) name: String,
    /// Its architecture.
    pub(crate) architecture: &'static str,
    /// The instruction sets that matter here.
    pub(crate) instruction_sets: Vec<&'static str>,
    /// Cores that this process may use.
    pub(crate) cores: usize,
}

/// One back end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct BackendReport {
    /// Library.
    pub(crate) library: String,
    /// Its version.
    pub(crate) version: String,
    /// The kernel it uses on this processor.
    pub(crate) kernel: String,
    /// How it came in.
    pub(crate) origin: String,
    /// The file it comes from.
    pub(crate) file: Option<String>,
    /// What threads it would start, and that it may not.
    pub(crate) threading: String,
    /// Whether its kernel suits the processor, as far as dnn knows.
    pub(crate) suits: bool,
    /// What would make it faster or safer.
    pub(crate) advice: Option<String>,
    /// Whether its results had the same bits at every address and on every thread, in products tried now.
    pub(crate) deterministic: bool,
    /// Rate of a 2048×2048×2048 product in f32 on one thread, in 1e9 multiplications and additions a second.
    pub(crate) gflops_f32: f64,
    /// The same in f64.
    pub(crate) gflops_f64: f64,
}

/// Looks at the machine and measures its back ends, side by side, for some seconds.
///
/// # Errors
/// As [`dnn_blas::choose`].
pub(crate) fn examine() -> Result<Report, dnn_blas::Error> {
    let chosen = dnn_blas::choose()?;
    let found = dnn_blas::available();
    let shape = Shape::square(2048);
    let mut tasks: Vec<_> =
        found.iter().map(|found| measure::products::<f32>(&*found.backend, shape)).collect();
    tasks.extend(found.iter().map(|found| measure::products::<f64>(&*found.backend, shape)));
    let times = measure::side_by_side(&mut tasks, 3, Duration::from_millis(150));
    let rate = |index: usize| shape.operations() / times[index].median * 1e-9;
    let backends = found.iter().enumerate().map(|(index, found)| {
        let identity = found.backend.identity();
        BackendReport {
            library: identity.library,
            version: identity.version,
            kernel: identity.kernel,
            origin: identity.origin,
            file: found.file.as_ref().map(|file| file.display().to_string()),
            threading: found.threading.into(),
            suits: found.advice.is_none(),
            advice: found.advice.clone(),
            deterministic: is_deterministic(found),
            gflops_f32: rate(index),
            gflops_f64: rate(found_count(&times) + index),
        }
    });
    Ok(Report {
        version: env!("CARGO_PKG_VERSION"),
        cpu: cpu(),
        backends: backends.collect(),
        chosen: chosen.backend.identity().to_string(),
        reason: chosen.reason,
    })
}

/// Back ends behind `times`, which were measured in both precisions.
fn found_count(times: &[measure::Times]) -> usize {
    times.len() / 2
}

/// Products of some shapes, with operands at other addresses and on another thread, must have the same bits.
fn is_deterministic(found: &Found) -> bool {
    [[64, 64, 64], [257, 300, 1], [130, 600, 70], [16, 32, 209]].into_iter().all(|shape| {
        let expected = bits(&*found.backend, shape, 0);
        std::thread::scope(|scope| {
            let others = [1, 3, 8].map(|offset| scope.spawn(move || bits(&*found.backend, shape, offset)));
            others.into_iter().all(|other| other.join().is_ok_and(|bits| bits == expected))
        })
    })
}

/// The bits of a product whose operands begin `offset` numbers further on.
fn bits(backend: &dyn Backend, [m, k, n]: [usize; 3], offset: usize) -> Vec<u32> {
    let values = |len: usize| {
        (0..offset + len).map(|i| ((i - offset.min(i)) % 97) as f32 / 97.0 - 0.5).collect::<Vec<_>>()
    };
    let (a, b, mut c) = (values(m * k), values(k * n), vec![0.0; offset + m * n]);
    let (a, b) = (Matrix::new(&a[offset..], m, k), Matrix::new(&b[offset..], k, n));
    let product = Product::new(a, b, MatrixMut::new(&mut c[offset..], m, n)).expect("shapes that agree");
    f32::half(backend).compute(product);
    c[offset..].iter().map(|value| value.to_bits()).collect()
}

fn cpu() -> Cpu {
    Cpu {
        name: cpu_name().unwrap_or_else(|| "unknown".into()),
        architecture: std::env::consts::ARCH,
        instruction_sets: instruction_sets(),
        cores: cores(),
    }
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn cpu_name() -> Option<String> {
    let cpu = raw_cpuid::CpuId::new();
    let family = cpu.get_feature_info().map(|info| (info.family_id(), info.model_id()));
    let name = cpu.get_processor_brand_string()?.as_str().trim().to_owned();
    Some(match family {
        Some((family, model)) => format!("{name}, family {family} model {model}"),
        None => name,
    })
}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
fn cpu_name() -> Option<String> {
    None
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn instruction_sets() -> Vec<&'static str> {
    let all = [
        ("SSE4.2", is_x86_feature_detected!("sse4.2")),
        ("AVX", is_x86_feature_detected!("avx")),
        ("AVX2", is_x86_feature_detected!("avx2")),
        ("FMA", is_x86_feature_detected!("fma")),
        ("AVX-512F", is_x86_feature_detected!("avx512f")),
        ("AVX-512BW", is_x86_feature_detected!("avx512bw")),
        ("AVX-512VL", is_x86_feature_detected!("avx512vl")),
    ];
    all.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
}

#[cfg(target_arch = "aarch64")]
fn instruction_sets() -> Vec<&'static str> {
    vec!["NEON"]
}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")))]
fn instruction_sets() -> Vec<&'static str> {
    Vec::new()
}

/// The report for people.
pub(crate) fn text(report: &Report) -> String {
    let Cpu { name, architecture, instruction_sets, cores } = &report.cpu;
    let mut text = format!(
        "dnn {}\n\nprocessor         {name} ({architecture})\ninstruction sets  {}\ncores             {cores}\n\n",
        report.version,
        instruction_sets.join(" ")
    );
    for backend in &report.backends {
        text += &backend_text(backend);
    }
    text += &format!("chosen            {}\nwhy               {}\n", report.chosen, report.reason);
    text
}

fn backend_text(backend: &BackendReport) -> String {
    let mut text = format!("{} {}\n", backend.library, backend.version);
    let mut line = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {name:16}{value}");
    };
    let suits = if backend.suits { "" } else { " (see advice)" };
    if !backend.kernel.is_empty() {
        line("kernel", &format!("{}{suits}", backend.kernel));
    }
    line("origin", &backend.origin);
    if let Some(file) = &backend.file {
        line("file", file);
    }
    line("threads", &backend.threading);
    line(
        "same bits",
        if backend.deterministic { "yes, at every address and on every thread tried" } else { "no" },
    );
    line(
        "2048³ product",
        &format!("{:.1} GFLOP/s in f32, {:.1} in f64, on one thread", backend.gflops_f32, backend.gflops_f64),
    );
    if let Some(advice) = &backend.advice {
        line("advice", advice);
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pure_rust_is_always_there_and_deterministic() {
        let pure = dnn_blas::by_name("pure").unwrap();
        assert!(is_deterministic(&pure));
    }

    #[test]
    fn a_report_names_everything() {
        let backend = BackendReport {
            library: "OpenBLAS".into(),
            version: "0.3".into(),
            kernel: "Haswell".into(),
            origin: "linked".into(),
            file: Some("libopenblas.so".into()),
            threading: "none".into(),
            suits: false,
            advice: Some("set a variable".into()),
            deterministic: true,
            gflops_f32: 100.0,
            gflops_f64: 50.0,
        };
        let report = Report {
            version: "0",
            cpu: cpu(),
            backends: vec![backend],
            chosen: "OpenBLAS".into(),
            reason: "it was linked".into(),
        };
        let text = text(&report);
        for part in
            ["Haswell (see advice)", "libopenblas.so", "100.0 GFLOP/s", "set a variable", "it was linked"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
