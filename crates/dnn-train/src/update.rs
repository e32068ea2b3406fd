//! What a step does with the gradient, block by block: penalty, clipping, optimizer, in this order.
//!
//! Blocks are cut once more where a part of a layer ends, into segments, so that weights alone decay and are penalised.
//! Sums over the gradient are kept for each segment and added in the order of the flat vector, whoever computed them.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use dnn_core::{Kind, Network, Real, State};

use crate::Penalty;
use crate::clipping::{Clipping, clamp, factor};
use crate::optimizer::{Optimizer, Step};
use crate::vector::{dot, scale};

/// As far as one block of the gradient and one part of a layer go together.
#[derive(Debug)]
struct Segment {
    range: Range<usize>,
    kind: Kind,
    /// Number of the part within the network.
    part: usize,
    /// Its share of the penalty, as bits.
    penalty: AtomicU64,
    /// The sum of its gradient's squares, then what its gradient is multiplied by, as bits.
    squares: AtomicU64,
}

/// All segments of a network, in the order of the flat vector, and the sums over each.
#[derive(Debug)]
pub(crate) struct Segments(Vec<Segment>);

impl Segments {
    pub(crate) fn new(network: &Network) -> Self {
        let parts = network.parts();
        let mut segments = Vec::new();
        for (index, layer) in network.layers().iter().enumerate() {
            let start = network.layer_range(index + 1).start;
            for block in layer.parameter_blocks() {
                let block = start + block.start..start + block.end;
                for (part, placed) in parts.iter().enumerate() {
                    let of = &placed.part.range;
                    let range = of.start.max(block.start)..of.end.min(block.end);
                    if !range.is_empty() {
                        let (penalty, squares) = (AtomicU64::new(0), AtomicU64::new(0));
                        segments.push(Segment { range, kind: placed.part.kind, part, penalty, squares });
                    }
                }
            }
        }
        Self(segments)
    }

    /// The segments of the block at `place`.
    fn of(&self, place: &Range<usize>) -> &[Segment] {
        let first = self.0.partition_point(|segment| segment.range.start < place.start);
        let following = &self.0[first..];
        // Most blocks are one segment.
        let count = match following.first() {
            Some(segment) if segment.range.end == place.end => 1,
            _ => following.partition_point(|segment| segment.range.start < place.end),
        };
        &following[..count]
    }

    /// The penalty of all weights. Beyond the range of f64 it is the largest number, so that a finite cost stays finite.
    pub(crate) fn penalty(&self) -> f64 {
        let total: f64 = self.0.iter().map(|segment| get(&segment.penalty)).sum();
        if total > f64::MAX { f64::MAX } else { total }
    }

    /// Turns the sums of squares into what each segment's gradient is multiplied by. If a part's gradient is not finite,
    /// the number of the first such part comes back instead.
    pub(crate) fn decide(&self, clipping: Option<Clipping>) -> Result<(), usize> {
        let squares =
            |segments: &[Segment]| segments.iter().map(|segment| get(&segment.squares)).sum::<f64>();
        let parts = || self.0.chunk_by(|a, b| a.part == b.part);
        if let Some(bad) = parts().find(|part| !squares(part).is_finite()) {
            return Err(bad[0].part);
        }
        let global = squares(&self.0);
        for part in parts() {
            let factor = match clipping {
                Some(Clipping::Norm(limit)) => factor(limit, squares(part)),
                Some(Clipping::GlobalNorm(limit)) => factor(limit, global),
                Some(Clipping::Value(_)) | None => 1.0,
            };
            part.iter().for_each(|segment| set(&segment.squares, factor));
        }
        Ok(())
    }
}

fn get(bits: &AtomicU64) -> f64 {
    f64::from_bits(bits.load(Ordering::Relaxed))
}

fn set(bits: &AtomicU64, value: f64) {
    bits.store(value.to_bits(), Ordering::Relaxed);
}

/// One step's update.
pub(crate) struct Update<'a> {
    pub(crate) segments: &'a Segments,
    pub(crate) penalty: Penalty,
    pub(crate) clipping: Option<Clipping>,
}

impl Update<'_> {
    /// The penalty at the parameters of the last gradient, 0 if there is none.
    pub(crate) fn penalty_value(&self) -> f64 {
        if self.penalty.acts() { self.segments.penalty() } else { 0.0 }
    }

    /// Penalty and clipping by value for the gradient of one segment.
    fn finish_segment<T: Real>(&self, segment: &Segment, parameters: &[T], gradient: &mut [T]) {
        if segment.kind == Kind::Weight && self.penalty.acts() {
            set(&segment.penalty, self.penalty.add(parameters, gradient));
        }
        if let Some(Clipping::Value(limit)) = self.clipping {
            clamp(gradient, limit);
        }
    }

    /// The whole update of a block whose gradient was just computed.
    pub(crate) fn at_once<T: Real>(
        &self,
        optimizer: &dyn Optimizer<T>,
        (number, rate): (u64, f64),
        place: &Range<usize>,
        parameters: &mut [T],
        gradient: &mut [T],
        mut state: State<'_, T>,
    ) {
        for segment in self.segments.of(place) {
            let within = segment.range.start - place.start..segment.range.end - place.start;
            let (parameters, gradient) = (&mut parameters[within.clone()], &mut gradient[within.clone()]);
            self.finish_segment(segment, parameters, gradient);
            let step = Step { number, rate, kind: segment.kind };
            optimizer.step(step, parameters, gradient, state.within(within));
        }
    }

    /// The first part of an update that needs the whole gradient: finishes a block's, and sums its squares.
    pub(crate) fn finish<T: Real>(&self, place: &Range<usize>, parameters: &[T], gradient: &mut [T]) {
        for segment in self.segments.of(place) {
            let within = segment.range.start - place.start..segment.range.end - place.start;
            let gradient = &mut gradient[within.clone()];
            self.finish_segment(segment, &parameters[within], gradient);
            set(&segment.squares, dot(gradient, gradient));
        }
    }

    /// The second part, after [`Segments::decide`].
    pub(crate) fn apply<T: Real>(
        &self,
        optimizer: &dyn Optimizer<T>,
        (number, rate): (u64, f64),
        place: &Range<usize>,
        parameters: &mut [T],
        gradient: &mut [T],
        mut state: State<'_, T>,
    ) {
        for segment in self.segments.of(place) {
            let within = segment.range.start - place.start..segment.range.end - place.start;
            let (parameters, gradient) = (&mut parameters[within.clone()], &mut gradient[within.clone()]);
            let factor = get(&segment.squares);
            if factor != 1.0 {
                scale(gradient, factor);
            }
            let step = Step { number, rate, kind: segment.kind };
            optimizer.step(step, parameters, gradient, state.within(within));
        }
    }
}
