//! One step of gradient descent written out number by number, as the formulas of a single unit and a single example read.

/// W and b of one layer; each row of W is one unit's.
pub(crate) struct Layer {
    pub(crate) w: Vec<Vec<f32>>,
    pub(crate) b: Vec<f32>,
}

/// One step on the examples `x` with targets `y`, every example a vector: ReLU inside, sigmoid at the end, binary
/// cross-entropy.
pub(crate) fn step(layers: &mut [Layer], rate: f32, x: &[Vec<f32>], y: &[f32]) {
    let mut dw: Vec<Layer> = layers.iter().map(zeros).collect();
    for (x, &y) in x.iter().zip(y) {
        let a = forward(layers, x);
        let last = layers.len() - 1;
        // dZ[L] = A[L] − Y, the cost's and the sigmoid's slope together.
        let mut dz = vec![a[last][0] - y];
        for l in (0..=last).rev() {
            let before = if l == 0 { x } else { &a[l - 1] };
            for unit in 0..dz.len() {
                for input in 0..before.len() {
                    dw[l].w[unit][input] += dz[unit] * before[input];
                }
                dw[l].b[unit] += dz[unit];
            }
            if l > 0 {
                dz = way_back(&layers[l], &dz, before);
            }
        }
    }
    let share = rate / x.len() as f32;
    for (layer, dw) in layers.iter_mut().zip(&dw) {
        for unit in 0..layer.b.len() {
            for input in 0..layer.w[unit].len() {
                layer.w[unit][input] -= share * dw.w[unit][input];
            }
            layer.b[unit] -= share * dw.b[unit];
        }
    }
}

/// A of every layer for one example.
fn forward(layers: &[Layer], x: &[f32]) -> Vec<Vec<f32>> {
    let mut all: Vec<Vec<f32>> = Vec::new();
    for (l, layer) in layers.iter().enumerate() {
        let before = if l == 0 { x } else { &all[l - 1] };
        let mut a = vec![0.0; layer.b.len()];
        for unit in 0..a.len() {
            let mut z = layer.b[unit];
            for input in 0..before.len() {
                z += layer.w[unit][input] * before[input];
            }
            let inside = l + 1 < layers.len();
            a[unit] = if inside { z.max(0.0) } else { 1.0 / (1.0 + (-z).exp()) };
        }
        all.push(a);
    }
    all
}

/// dZ of the layer below, whose outputs are `before`: `Wᵀ dZ` where its ReLU let something through.
fn way_back(layer: &Layer, dz: &[f32], before: &[f32]) -> Vec<f32> {
    let mut below = vec![0.0; before.len()];
    for input in 0..before.len() {
        if before[input] > 0.0 {
            for unit in 0..dz.len() {
                below[input] += layer.w[unit][input] * dz[unit];
            }
        }
    }
    below
}

fn zeros(layer: &Layer) -> Layer {
    let inputs = layer.w[0].len();
    Layer { w: vec![vec![0.0; inputs]; layer.b.len()], b: vec![0.0; layer.b.len()] }
}
