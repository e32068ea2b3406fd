//! Matrix products for dnn: pure Rust, OpenBLAS or any other CBLAS, and a pool of threads.
//!
//! [`auto`] takes the best library of products there is; [`Threads`] shares the tasks of a step. Each product runs on one
//! thread, so that neither the number of threads nor their timing can change a bit of a result.
//!
//! ```
//! use dnn_blas::Threads;
//! use dnn_core::{Compute, Matrix, MatrixMut, Pool, Product, Real};
//!
//! let backend = dnn_blas::auto()?;                       // the faster of OpenBLAS and pure Rust
//! let pool = Threads::new(2)?;
//! let compute = Compute { backend: &*backend, pool: &pool };
//!
//! let (w, x) = ([1.0_f32, 2.0, 3.0, 4.0], [1.0, 10.0]);  // W = [1 3; 2 4], one example
//! let mut z = [f32::NAN; 2];
//! let product = Product::new(Matrix::new(&w, 2, 2), Matrix::new(&x, 2, 1), MatrixMut::new(&mut z, 2, 1))?;
//! f32::half(compute.backend).compute(product);
//! assert_eq!(z, [31.0, 42.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alone;
mod auto;
mod cblas;
mod environment;
mod error;
mod kernel;
mod library;
#[cfg(any(feature = "openblas-system", feature = "openblas-static"))]
pub mod linalg;
#[cfg(any(feature = "openblas-system", feature = "openblas-static"))]
mod linked;
mod load;
mod openblas;
mod pure;
mod symbols;
mod threads;

pub use auto::{Found, auto, available, by_name, choose, names_a_library};
pub use error::{Error, Result};
pub use pure::PureRust;
pub use threads::Threads;

/// The program of the README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
