//! The pictures: one layer's two blocks, and the whole chain.

use crate::chain::{Chain, shape};
use crate::diagram::Diagram;

const CACHE: &str = "kept for the way back";
const UPDATE: &str = "for the update";

/// The blocks of layer number `l`, with all shapes.
pub(crate) fn one_layer(chain: &Chain, l: usize) -> Diagram {
    let (layer, cache, back) = (&chain.layers[l - 1], &chain.caches[l - 1], &chain.gradients[l - 1]);
    let p = l - 1;
    Diagram::new(format!("The two blocks of layer {l}"))
        .subtitle(format!("{}, {} examples; (rows, columns)", chain.sizes(), chain.examples()))
        .group("forward")
        .block((0, 0), format!("A[{p}]\n{}", shape(cache.before.dim())))
        .block((1, 0), format!("W[{l}] {}, b[{l}] {}\nZ[{l}] = W[{l}] A[{p}] + b[{l}]\nA[{l}] = {}(Z[{l}])", shape(layer.w.dim()), shape((layer.b.len(), 1)), layer.g.name()))
        .block((2, 0), format!("A[{l}]\n{}", shape(cache.z.dim())))
        .arrow((0, 0), (1, 0), "in")
        .arrow((1, 0), (2, 0), "out")
        .group(CACHE)
        .block((1, 1), format!("A[{p}] {}, Z[{l}] {}, W[{l}]", shape(cache.before.dim()), shape(cache.z.dim())))
        .arrow((1, 0), (1, 1), "")
        .arrow((1, 1), (1, 2), "")
        .group("backward")
        .block((2, 2), format!("dA[{l}]\n{}", shape(cache.z.dim())))
        .block((1, 2), format!("dZ[{l}] = dA[{l}] * {}'(Z[{l}])\ndW[{l}] = 1/m dZ[{l}] A[{p}]ᵀ\ndb[{l}] = 1/m Σ dZ[{l}]\ndA[{p}] = W[{l}]ᵀ dZ[{l}]", layer.g.name()))
        .block((0, 2), format!("dA[{p}]\n{}", shape(back.before.dim())))
        .arrow((2, 2), (1, 2), "in")
        .arrow((1, 2), (0, 2), "out")
        .group(UPDATE)
        .block((1, 3), format!("dW[{l}] {}, db[{l}] {}\nW[{l}] := W[{l}] − α dW[{l}]\nb[{l}] := b[{l}] − α db[{l}]", shape(back.dw.dim()), shape((back.db.len(), 1))))
        .arrow((1, 2), (1, 3), "")
}

/// All blocks of one iteration and what they pass on.
pub(crate) fn whole_chain(chain: &Chain) -> Diagram {
    let last = chain.layers.len();
    let diagram = Diagram::new(format!("One iteration of {}", chain.sizes()))
        .subtitle(format!("forward along the top, backward along the bottom, what is kept in between; {} examples, (rows, columns)", chain.examples()))
        .group("forward")
        .block((0, 0), format!("X = A[0]\n{}", shape(chain.caches[0].before.dim())))
        .block((last + 1, 0), "cost\nJ(A, Y)");
    let diagram = (1..=last).fold(diagram, |diagram, l| {
        let (layer, cache) = (&chain.layers[l - 1], &chain.caches[l - 1]);
        let passed =
            if l == 1 { String::new() } else { format!("A[{}] {}", l - 1, shape(cache.before.dim())) };
        diagram
            .block(
                (l, 0),
                format!(
                    "layer {l}: {}\nW[{l}] {}\nb[{l}] {}",
                    layer.g.name(),
                    shape(layer.w.dim()),
                    shape((layer.b.len(), 1))
                ),
            )
            .arrow((l - 1, 0), (l, 0), passed)
    });
    let output = format!("A[{last}] {}", shape(chain.caches[last - 1].z.dim()));
    let diagram = diagram.arrow((last, 0), (last + 1, 0), output).group(CACHE);
    let diagram = (1..=last).fold(diagram, |diagram, l| {
        diagram.block((l, 1), format!("A[{}], Z[{l}], W[{l}]", l - 1)).arrow((l, 0), (l, 1), "").arrow(
            (l, 1),
            (l, 2),
            "",
        )
    });
    let diagram = diagram
        .group("backward")
        .block((last + 1, 2), "−Y/A + (1−Y)/(1−A)")
        .arrow((last + 1, 0), (last + 1, 2), "")
        .arrow((last + 1, 2), (last, 2), format!("dA[{last}] {}", shape(chain.caches[last - 1].z.dim())));
    let diagram = (1..=last).rev().fold(diagram, |diagram, l| {
        let diagram =
            diagram.block((l, 2), format!("layer {l}\ndZ[{l}] {}", shape(chain.gradients[l - 1].dz.dim())));
        match l {
            1 => diagram.block((0, 2), "dA[0]: not\nneeded").arrow((1, 2), (0, 2), ""),
            _ => diagram.arrow(
                (l, 2),
                (l - 1, 2),
                format!("dA[{}] {}", l - 1, shape(chain.gradients[l - 1].before.dim())),
            ),
        }
    });
    (1..=last).fold(diagram.group(UPDATE), |diagram, l| {
        let back = &chain.gradients[l - 1];
        diagram
            .block((l, 3), format!("dW[{l}] {}\ndb[{l}] {}", shape(back.dw.dim()), shape((back.db.len(), 1))))
            .arrow((l, 2), (l, 3), "")
    })
}
