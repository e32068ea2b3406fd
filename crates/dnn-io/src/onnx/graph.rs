//! The graph of an ONNX model: nodes, each with its operator, and the tensors they are given.
//!
//! Values are named after the node that computes them. The numbers of fields and enumerations are those of `onnx.proto`.

use std::marker::PhantomData;

use dnn_core::Real;

use crate::numbers;
use crate::protobuf::Message;

/// `AttributeProto.AttributeType`.
const ATTRIBUTE_FLOAT: u64 = 1;
const ATTRIBUTE_INT: u64 = 2;
const ATTRIBUTE_INTS: u64 = 7;
/// `TensorProto.DataType`.
const TENSOR_FLOAT: u64 = 1;
const TENSOR_DOUBLE: u64 = 11;

/// A graph under construction, whose numbers are `T`.
pub(super) struct Graph<T> {
    nodes: Vec<Node>,
    initialisers: Vec<Message>,
    /// What names of nodes and constants begin with.
    place: String,
    real: PhantomData<T>,
}

struct Node {
    operator: &'static str,
    inputs: Vec<String>,
    output: String,
    attributes: Vec<Message>,
}

/// A constant of an operator.
#[derive(Debug, Clone, Copy)]
pub(super) enum Attribute {
    Float(&'static str, f64),
    Int(&'static str, u64),
    /// A list of one.
    Ints(&'static str, u64),
}

impl<T: Real> Graph<T> {
    pub(super) fn new() -> Self {
        Self { nodes: Vec::new(), initialisers: Vec::new(), place: String::new(), real: PhantomData }
    }

    /// Nodes and constants that follow belong to layer number `layer`, from 1.
    pub(super) fn at_layer(&mut self, layer: usize) {
        self.place = format!("layer{layer}");
    }

    /// Adds a tensor of parameters, `values` row by row.
    pub(super) fn tensor(&mut self, name: &str, shape: &[usize], values: &[T]) {
        let tensor = Message::default().each(shape, |tensor, &size| tensor.number(1, size as u64));
        let tensor = tensor.number(2, data_type::<T>()).bytes(8, name).bytes(9, numbers::write(values));
        self.initialisers.push(tensor);
    }

    /// Adds a number that goes with every entry, and gives its name.
    pub(super) fn constant(&mut self, value: f64) -> String {
        let name = format!("{}/constant{}", self.place, self.initialisers.len());
        self.tensor(&name, &[1], &[T::of(value)]);
        name
    }

    /// Adds a node and gives the name of what it computes.
    pub(super) fn apply(&mut self, operator: &'static str, inputs: &[&str]) -> String {
        self.apply_with(operator, inputs, &[])
    }

    /// Adds a node with attributes.
    pub(super) fn apply_with(
        &mut self,
        operator: &'static str,
        inputs: &[&str],
        attributes: &[Attribute],
    ) -> String {
        let output = format!("{}/{}-{operator}", self.place, self.nodes.len());
        let inputs = inputs.iter().map(|&input| input.to_owned()).collect();
        let attributes = attributes.iter().map(|attribute| attribute.message()).collect();
        self.nodes.push(Node { operator, inputs, output: output.clone(), attributes });
        output
    }

    /// Adds a node with a number as its second input.
    pub(super) fn apply_number(&mut self, operator: &'static str, input: &str, number: f64) -> String {
        let number = self.constant(number);
        self.apply(operator, &[input, &number])
    }

    /// Adds a node that turns `T` into singles, and back.
    pub(super) fn cast(&mut self, input: &str, single: bool) -> String {
        let to = if single { TENSOR_FLOAT } else { data_type::<T>() };
        self.apply_with("Cast", &[input], &[Attribute::Int("to", to)])
    }

    /// The whole graph, from `x: (batch, inputs)` to `y: (batch, outputs)`, which is what `result` names.
    pub(super) fn finish(
        mut self,
        inputs: usize,
        outputs: usize,
        result: &str,
        description: &str,
    ) -> Message {
        match self.nodes.last_mut().filter(|last| last.output == result) {
            Some(last) => last.output = "y".into(),
            None => {
                let output = "y".into();
                self.nodes.push(Node {
                    operator: "Identity",
                    inputs: vec![result.into()],
                    output,
                    attributes: vec![],
                });
            }
        }
        Message::default()
            .each(&self.nodes, |graph, node| graph.bytes(1, node.message()))
            .bytes(2, "dnn")
            .each(&self.initialisers, |graph, tensor| graph.bytes(5, tensor))
            .bytes(10, description)
            .bytes(11, matrix::<T>("x", inputs))
            .bytes(12, matrix::<T>("y", outputs))
    }
}

impl Node {
    fn message(&self) -> Message {
        Message::default()
            .each(&self.inputs, |node, input| node.bytes(1, input))
            .bytes(2, &self.output)
            .bytes(3, &self.output)
            .bytes(4, self.operator)
            .each(&self.attributes, |node, attribute| node.bytes(5, attribute))
    }
}

impl Attribute {
    fn message(self) -> Message {
        let attribute = Message::default();
        match self {
            Self::Float(name, value) => {
                attribute.bytes(1, name).single(2, value as f32).number(20, ATTRIBUTE_FLOAT)
            }
            Self::Int(name, value) => attribute.bytes(1, name).number(3, value).number(20, ATTRIBUTE_INT),
            Self::Ints(name, value) => attribute.bytes(1, name).number(8, value).number(20, ATTRIBUTE_INTS),
        }
    }
}

fn data_type<T: Real>() -> u64 {
    if T::BYTES == f32::BYTES { TENSOR_FLOAT } else { TENSOR_DOUBLE }
}

/// A `ValueInfoProto`: the name and type of a `batch × columns` matrix, the batch free.
fn matrix<T: Real>(name: &str, columns: usize) -> Message {
    let batch = Message::default().bytes(2, "batch");
    let columns = Message::default().number(1, columns as u64);
    let shape = Message::default().bytes(1, batch).bytes(1, columns);
    let tensor = Message::default().number(1, data_type::<T>()).bytes(2, shape);
    Message::default().bytes(1, name).bytes(2, Message::default().bytes(1, tensor))
}
