//! The deep L-layer network: what L counts, and the letters.
//!
//! L is the number of layers that have weights. The input, `n[0]` features, is layer 0 and not counted; the last layer is. So
//! logistic regression has `L = 1` and is called shallow, a net with one hidden layer has `L = 2`, and "deep" says no more
//! than that there are several. How many are best for a task nobody knows beforehand: L is one of the
//! [hyper-parameters](super::hyperparameters).
//!
//! The course's 3-5-5-3-1 has three features, hidden layers of 5, 5 and 3 units, and one unit at the end:
//! - `L = 4`
//! - `n[0] = 3` and `n[L] = 1`
//! - `L − 1 = 3` hidden layers
//! - `n[1] + … + n[L-1] = 13` hidden units
//!
//! ```
//! use dnn::prelude::*;
//!
//! let builder = Network::builder(3).dense(5, Relu).dense(5, Relu).dense(3, Relu);
//! let network = builder.dense(1, Sigmoid).build()?;
//! assert_eq!(network.to_string(), "3-5-5-3-1, relu inside, sigmoid last");
//!
//! let units: Vec<usize> = network.layers().iter().map(|layer| layer.outputs()).collect();
//! let last = units.len();
//! assert_eq!(last, 4);                                      // L = 4
//! assert_eq!((network.inputs(), network.outputs()), (3, 1));  // n[0] = 3, n[L] = 1
//! assert_eq!(last - 1, 3);                                  // L − 1 = 3 hidden layers
//! assert_eq!(units[..last - 1].iter().sum::<usize>(), 13);  // n[1] + … + n[L-1] = 13 hidden units
//!
//! let shallow = Network::builder(3).dense(1, Sigmoid).build()?;
//! assert_eq!(shallow.layers().len(), 1);                    // L = 1
//! let one_hidden = Network::builder(3).dense(4, Tanh).dense(1, Sigmoid).build()?;
//! assert_eq!(one_hidden.layers().len(), 2);                 // L = 2
//! # Ok::<(), dnn::core::Error>(())
//! ```
//!
//! # Where notes slip
//!
//! L is not the number of hidden layers, which is `L − 1`. And a layer has units, a net has layers: of the net on cats,
//! 12288-20-7-5-1, some notes say "20 hidden layers", where its first hidden layer has 20 hidden *units*.
//!
//! ```
//! use dnn::prelude::*;
//!
//! let builder = Network::builder(12288).dense(20, Relu).dense(7, Relu).dense(5, Relu);
//! let cat = builder.dense(1, Sigmoid).build()?;
//! let layers = cat.layers();
//! assert_eq!(layers.len(), 4);          // L, and not 3
//! assert_eq!(layers.len() - 1, 3);      // L − 1 hidden layers, and not 20
//! assert_eq!(layers[0].outputs(), 20);  // n[1], hidden units of the first
//! # Ok::<(), dnn::core::Error>(())
//! ```
