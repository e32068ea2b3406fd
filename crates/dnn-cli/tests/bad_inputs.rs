//! Inputs that cannot be used: for each the exact message and the exit code. The table is the test.
//!
//! Each line is a command, what the program must say, and the code it must end with; what is wrong stands in the files that
//! `fixtures` makes, called after what is wrong with them. None may panic, and none may leave something behind that `dnn resume`
//! or `dnn report` trips over: both are tried on whatever is left.
#![allow(clippy::unwrap_used)] // a test fails by panicking

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use dnn_core::{Identity, Network, Relu, Sigmoid};
use dnn_data::{Preprocessor, TableEncoder, table};
use dnn_io::Checkpoint;
use dnn_observe::{About, Outcome, RunFolder};
use tempfile::TempDir;

use common::Cube;

/// A command, the exit code, and what the program says up to the first empty line.
type Row = (&'static str, u8, &'static str);

const ROWS: [Row; 138] = [
    ("trian good.csv", 2, "error: unrecognized subcommand 'trian'"),
    ("train good.csv --target kind --bakend pure", 2, "error: unexpected argument '--bakend' found"),
    (
        "train good.csv --target kind --threads 0",
        2,
        "error: invalid value '0' for '--threads <N>': 0 is not in 1..=65535",
    ),
    (
        "train good.csv --target kind --threads many",
        2,
        "error: invalid value 'many' for '--threads <N>': invalid digit found in string",
    ),
    ("train good.csv --target kind --seed -1", 2, "error: unexpected argument '-1' found"),
    (
        "train good.csv --target kind --backend cuda",
        2,
        "error: cuda: found the name of no back end, expected one of pure, linked, openblas, mkl, blis, or the path of a shared library: correct the name, or write a path with `/` in it",
    ),
    (
        "train --target kind",
        2,
        "error: found no data to train on: give a file or folder, as dnn train data.csv --target label",
    ),
    (
        "train good.csv",
        2,
        "error: found no target, expected the column to predict: name it by --target, as one of width, colour, kind",
    ),
    ("train good.csv more.csv --target kind", 2, "error: unexpected argument 'more.csv' found"),
    ("inspect", 2, "error: the following required arguments were not provided:\n  <PATH>"),
    (
        "inspect good.dnn --batch 0",
        2,
        "error: invalid value '0' for '--batch <N>': 0 is not in 1..=4294967295",
    ),
    (
        "export good.dnn",
        2,
        "error: found neither --to nor --out, expected an ending or --to that is safetensors, onnx or npz: say --to KIND",
    ),
    (
        "export good.dnn --out model.txt",
        2,
        "error: found the file model.txt, expected an ending or --to that is safetensors, onnx or npz: say --to KIND",
    ),
    (
        "export good.dnn --to pickle",
        2,
        "error: invalid value 'pickle' for '--to <KIND>'\n  [possible values: safetensors, onnx, npz]",
    ),
    (
        "completions tcsh",
        2,
        "error: invalid value 'tcsh' for '<SHELL>'\n  [possible values: bash, elvish, fish, powershell, zsh]",
    ),
    ("report", 2, "error: the following required arguments were not provided:\n  <RUN>..."),
    (
        "bench --workload tinny",
        2,
        "error: found the workload \"tinny\", expected one of wide, fashion, deep, cat, tiny: correct the name",
    ),
    (
        "sweep good.csv --target kind --space rate",
        2,
        "error: --space rate: expected KEY=VALUES, such as learning_rate=log:1e-4..1e-1: add the values",
    ),
    (
        "sweep good.csv --target kind --space learning_rate=log:3",
        2,
        "error: --space learning_rate=log:3: found \"log:3\", expected log:A..B",
    ),
    (
        "sweep good.csv --target kind --strategy bayes",
        2,
        "error: invalid value 'bayes' for '--strategy <NAME>'\n  [possible values: random, grid, coarse_to_fine, asha]",
    ),
    (
        "sweep good.csv --target kind --trials 0",
        2,
        "error: invalid value '0' for '--trials <N>': 0 is not in 1..18446744073709551615",
    ),
    (
        "train gone.csv --target kind",
        4,
        "error: looked for data at \"gone.csv\", but nothing is there: give the right path, or run `datasets/fetch NAME`",
    ),
    (
        "train empty.csv --target kind",
        4,
        "error: \"empty.csv\" has no row, but needs at least one: give a table with a row for each example",
    ),
    (
        "train header-only.csv --target kind",
        4,
        "error: \"header-only.csv\" has no row below its header, but needs at least one: give a table with a row for each example",
    ),
    (
        "train ragged.csv --target kind",
        4,
        "error: \"ragged.csv\", line 5, has 4 fields, but the first row has 3 fields: complete the row, and quote a field that holds the delimiter",
    ),
    (
        "train text-among-numbers.csv --target kind",
        4,
        "error: \"text-among-numbers.csv\", line 6, column 1 (width), has \"four\", but a number is expected: correct it, leave it empty if it is missing, or declare the column one of categories",
    ),
    (
        "train open-quote.csv --target kind",
        4,
        "error: \"open-quote.csv\", line 42, column 1, has a quote that opens, but none closes it: quote whole fields, and double a quote inside one",
    ),
    (
        "train latin1.csv --target kind",
        4,
        "error: \"latin1.csv\", line 2, has the byte e9 at place 6, but UTF-8 has none there: save the file as UTF-8",
    ),
    (
        "train one-class.csv --target kind",
        4,
        "error: column \"kind\" of \"one-class.csv\" has only the class \"a\", but there must be two at least: choose another target, or add rows of another class",
    ),
    (
        "train gap-in-target.csv --target kind",
        4,
        "error: \"gap-in-target.csv\", line 5, column \"kind\", has no value, but it is the target, which each row needs: fill it, or remove the row",
    ),
    (
        "train twice-named.csv --target kind",
        4,
        "error: \"twice-named.csv\", line 1, column 2, has the name \"width\", but column 1 has it already: give each column a name of its own, or say that there is no header",
    ),
    (
        "train only-target.csv --target kind",
        4,
        "error: the table has 0 columns that vary beside the target, but at least 1 columns that vary beside the target are expected: give columns to predict from",
    ),
    (
        "train parquet.csv --target kind",
        4,
        "error: \"parquet.csv\" has the first bytes of a Parquet file, but text is expected: convert it to CSV, or build with the feature parquet",
    ),
    (
        "train good.csv --target knid",
        4,
        "error: \"good.csv\" has no column \"knid\", but columns 1 to 3: give a number, or one of \"width\", \"colour\", \"kind\"",
    ),
    (
        "train good.csv --target 9",
        4,
        "error: \"good.csv\" has no column \"9\", but columns 1 to 3: give a number, or one of \"width\", \"colour\", \"kind\"",
    ),
    (
        "train good.csv --target width --set data.ignore=[\"colr\"]",
        4,
        "error: \"good.csv\" has no column \"colr\", but columns 1 to 3: did you mean \"colour\"?",
    ),
    (
        "train good.csv --target kind --delimiter ab",
        3,
        "error: data.delimiter is \"ab\", but must be one letter, or tab: correct it, or leave it out",
    ),
    (
        "train good.csv --target kind --test new-class.csv",
        4,
        "error: \"new-class.csv\", line 3, column \"kind\", has the class \"c\", but the classes learnt are \"a\", \"b\": correct it, or train again with rows of that class",
    ),
    (
        "train good.csv --target kind --test no-colour.csv",
        4,
        "error: \"no-colour.csv\" has no column \"colour\", but columns 1 to 2: give the columns of the training data under their names, not \"width\", \"kind\"",
    ),
    (
        "train good.csv --target kind --test gone.csv",
        4,
        "error: looked for a table at \"gone.csv\", but nothing is there: give the right path, or run `datasets/fetch NAME`",
    ),
    (
        "train broken.jsonl --target kind",
        4,
        "error: \"broken.jsonl\", line 2, has no JSON object (EOF while parsing a value at line 1 column 12), but each line is one: correct the line",
    ),
    (
        "train cut.npy --set data.labels=labels.npy",
        4,
        "error: \"cut.npy\" has I/O error: failed to fill whole buffer, but an NPY array with at least one axis is expected: save it again with `numpy.save`",
    ),
    (
        "train short-ubyte --set data.labels=labels.npy",
        4,
        "error: \"short-ubyte\" ends after 3 bytes of data, but its header announces 36: fetch it again, it is cut short",
    ),
    (
        "train broken.npz",
        4,
        "error: \"broken.npz\" has no directory of a zip archive, but an NPZ file is expected: save it again with `numpy.savez`",
    ),
    (
        "train nothing",
        4,
        "error: \"nothing\" has no picture or WAV file, nor a sub-folder with one, but needs at least one: give a sub-folder for each class with its pictures or recordings",
    ),
    (
        "train pictures-of-one-class",
        4,
        "error: \"pictures-of-one-class\" has no picture or WAV file, nor a sub-folder with one, but needs at least one: give a sub-folder for each class with its pictures or recordings",
    ),
    (
        "train broken-pictures",
        4,
        "error: \"broken-pictures\" has no picture or WAV file, nor a sub-folder with one, but needs at least one: give a sub-folder for each class with its pictures or recordings",
    ),
    (
        "train broken-sounds",
        4,
        "error: \"broken-sounds/a_1.wav\" has content that cannot be decoded (Ill-formed WAVE file: no RIFF tag found), but a WAV file with samples is expected: convert it to WAV",
    ),
    (
        "train good.csv --target kind --set data.test_share=2",
        3,
        "error: the fraction held out is 2, but must be at least 0 and below 1: give one within",
    ),
    (
        "train good.csv --target kind --set data.validation=-1",
        3,
        "error: the fraction held out is -1, but must be at least 0 and below 1: give one within",
    ),
    (
        "train good.csv --target kind --set data.split_column=colour",
        4,
        "error: \"good.csv\", line 2, column \"colour\", has \"red\", but must say train, validation or test of each row: correct it, or name another data.split_column",
    ),
    (
        "train good.csv --target kind --config gone.toml",
        3,
        "error: gone.toml cannot be read: No such file or directory (os error 2); give the path of a dnn.toml, or leave it out",
    ),
    (
        "train good.csv --target kind --config syntax.toml",
        3,
        "error: syntax.toml, line 1: unclosed table, expected `]`",
    ),
    (
        "train good.csv --target kind --config unknown-key.toml",
        3,
        "error: unknown-key.toml, line 2: unknown key `learning_rte`: did you mean `learning_rate`?",
    ),
    (
        "train good.csv --target kind --config unknown-table.toml",
        3,
        "error: unknown-table.toml, line 1: unknown key `trainig`: did you mean `training`?",
    ),
    (
        "train good.csv --target kind --config wrong-kind.toml",
        3,
        "error: wrong-kind.toml, line 2: invalid type: string \"many\", expected a whole number, 0 or more",
    ),
    (
        "train good.csv --target kind --set epochs",
        3,
        "error: --set epochs: found no `=`, expected KEY=VALUE, as training.epochs=50: add it",
    ),
    (
        "train good.csv --target kind --set epohcs=3",
        3,
        "error: --set epohcs=3: unknown key `epohcs`: did you mean `training.epochs`?",
    ),
    (
        "train good.csv --target kind --set epochs=0",
        3,
        "error: one setting cannot be followed:\n- the run would take no step, or too many to count: set epochs or steps to 1 or more",
    ),
    (
        "train good.csv --target kind --set epochs=3 --set steps=3",
        3,
        "error: one setting cannot be followed:\n- both steps and epochs are set, but one follows from the other: leave one out",
    ),
    (
        "train good.csv --target kind --set batch=0",
        3,
        "error: one setting cannot be followed:\n- batch is 0, but a step needs at least 1 example: set 1 or more, or leave it out for all examples at once",
    ),
    (
        "train good.csv --target kind --set learning_rate=-1",
        3,
        "error: one setting cannot be followed:\n- learning_rate is -1, but must be a number above 0: 0.1 is a usual start",
    ),
    (
        "train good.csv --target kind --set optimizer=adan",
        3,
        "error: one setting cannot be followed:\n- unknown optimizer \"adan\"; known are adagrad, adam, adamw, gradient_descent, lbfgs, momentum, nesterov, rmsprop: take \"adam\" if that is meant, or register the plug-in that brings \"adan\"",
    ),
    (
        "train good.csv --target kind --set schedule=cosin",
        3,
        "error: one setting cannot be followed:\n- unknown schedule \"cosin\"; known are constant, cosine, exponential, inverse_time, one_cycle, reduce_on_plateau, step: take \"cosine\" if that is meant, or register the plug-in that brings \"cosin\"",
    ),
    (
        "train good.csv --target kind --set cost=mean_squared_eror",
        3,
        "error: unknown cost \"mean_squared_eror\"; known are binary_cross_entropy, binary_focal, hinge, huber, mean_absolute_error, mean_squared_error, multi_margin, poisson, softmax_cross_entropy, softmax_focal: take \"mean_squared_error\" if that is meant, or register the plug-in that brings \"mean_squared_eror\"",
    ),
    (
        "train good.csv --target kind --set cost=softmax_cross_entropy",
        3,
        "error: training.cost is softmax_cross_entropy, which ends in softmax, but what is predicted is 2 classes by sigmoid: leave cost out, or choose another",
    ),
    (
        "train good.csv --target kind --set activation=rellu",
        3,
        "error: unknown activation \"rellu\"; known are elu, gelu, identity, leaky_relu, relu, selu, sigmoid, silu, softmax, softplus, tanh: take \"relu\" if that is meant, or register the plug-in that brings \"rellu\"",
    ),
    (
        "train good.csv --target kind --set hidden=[0]",
        3,
        "error: layer 1 has 3 inputs and 0 units, but needs at least one of each: give both a size of 1 or more",
    ),
    (
        "train good.csv --target kind --set dropout=1",
        3,
        "error: dropout's rate is 1, expected a probability from 0 to below 1: 0.5 is usual for wide layers, 0.2 for inputs",
    ),
    (
        "train good.csv --target kind --set early_stopping.watch=acuracy",
        3,
        "error: one setting cannot be followed:\n- early_stopping watches acuracy, but metrics has accuracy: add acuracy to metrics, or leave watch out",
    ),
    (
        "train good.csv --target kind --set learning_rate=1e30 --set optimizer=gradient_descent --set schedule=constant",
        6,
        "error: the cost became NaN at step 2 (epoch 1), but must be finite; the first numbers that are not are in layer 2's output, and the parameters are those before that step: lower the learning rate (now 1000000000000000000000000000000), or scale the data",
    ),
    (
        "sweep good.csv --target kind --space lerning_rate=0..1",
        3,
        "error: lerning_rate = 0: unknown key `lerning_rate`: did you mean `training.learning_rate`?",
    ),
    (
        "sweep good.csv --target kind --space learning_rate=1..0",
        3,
        "error: one choice of the search cannot be followed:\n- learning_rate goes from 1 to 0, but a range goes from a number to a larger one: exchange them, or leave the dimension out",
    ),
    (
        "sweep good.csv --target kind --space data.target=1,2",
        3,
        "error: sweep.space.data.target: all trials have the same data and seed: vary keys of network and training",
    ),
    (
        "sweep divided.csv --target kind --set data.split_column=part",
        3,
        "error: found no validation examples, expected some to compare trials by: name some in the column of data.split_column",
    ),
    (
        "sweep good.csv --target kind --set sweep.measure=acuracy",
        3,
        "error: sweep.measure is \"acuracy\", which this data lacks, expected accuracy, average_precision, f1, log_loss, roc_auc: correct it, or leave it out",
    ),
    (
        "sweep good.csv --target kind --parallel 4096",
        3,
        "error: 4096 trials are to run at a time, each on 1 thread, but that is more than there are cores: run fewer at a time, or leave it out",
    ),
    (
        "init gone.csv",
        4,
        "error: looked for data at \"gone.csv\", but nothing is there: give the right path, or run `datasets/fetch NAME`",
    ),
    (
        "init good.csv --target knid",
        4,
        "error: \"good.csv\" has no column \"knid\", but columns 1 to 3: give a number, or one of \"width\", \"colour\", \"kind\"",
    ),
    (
        "init good.csv --out nothing/no/dnn.toml",
        3,
        "error: nothing/no/dnn.toml could not be written: No such file or directory (os error 2): name a file in a folder that is there by --out",
    ),
    (
        "check good.csv --target knid",
        4,
        "error: \"good.csv\" has no column \"knid\", but columns 1 to 3: give a number, or one of \"width\", \"colour\", \"kind\"",
    ),
    (
        "check good.csv --target kind --set hidden=[0]",
        3,
        "error: layer 1 has 3 inputs and 0 units, but needs at least one of each: give both a size of 1 or more",
    ),
    (
        "inspect gone.dnn",
        5,
        "error: gone.dnn could not be read: No such file or directory (os error 2): check the path",
    ),
    (
        "inspect empty.dnn",
        5,
        "error: empty.dnn: found a file that begins with \"\", expected a dnn checkpoint: check the path",
    ),
    (
        "inspect text.dnn",
        5,
        "error: text.dnn: found a file that begins with \"no model\", expected a dnn checkpoint: check the path",
    ),
    (
        "inspect cut.dnn",
        5,
        "error: cut.dnn: found 422 bytes, expected 844: the file was cut short or added to; take another copy",
    ),
    (
        "inspect flipped.dnn",
        5,
        "error: flipped.dnn: found other bits in section \"dnn/parameters\" than were written: the file is damaged; take another copy",
    ),
    (
        "inspect newer.dnn",
        5,
        "error: newer.dnn: found format version 9, expected 1 or older: update dnn to read this file",
    ),
    (
        "inspect nothing",
        5,
        "error: nothing holds no run: found a folder without them, expected a folder with run.json or metrics.jsonl: name the folder a training wrote",
    ),
    (
        "export gone.dnn --to onnx",
        5,
        "error: gone.dnn could not be read: No such file or directory (os error 2): check the path",
    ),
    (
        "export cube.dnn --to onnx",
        5,
        "error: cube.dnn: unknown activation \"elsewhere/cube\"; known are elu, gelu, identity, leaky_relu, relu, selu, sigmoid, silu, softmax, softplus, tanh: register the plug-in that brings \"elsewhere/cube\"",
    ),
    (
        "export good.dnn --to onnx --out nothing/no/model.onnx",
        5,
        "error: nothing/no/model.onnx was not saved: a file beside it could not be created: No such file or directory (os error 2); what was there is untouched: make the folder first",
    ),
    (
        "eval gone.dnn good.csv",
        5,
        "error: gone.dnn could not be read: No such file or directory (os error 2): check the path",
    ),
    (
        "eval no-data.dnn good.csv",
        5,
        "error: no-data.dnn does not say what data it takes, expected a model that dnn train wrote: give model.dnn of a run",
    ),
    (
        "eval strange-data.dnn good.csv",
        5,
        "error: strange-data.dnn: section \"dnn-data/preprocessor\" cannot be decoded (invalid value: integer `9`, expected variant index 0 <= i < 2), expected what this version of the program keeps there: the program that wrote this file has a fault; write it again",
    ),
    (
        "eval cube.dnn good.csv",
        5,
        "error: cube.dnn: unknown activation \"elsewhere/cube\"; known are elu, gelu, identity, leaky_relu, relu, selu, sigmoid, silu, softmax, softplus, tanh: register the plug-in that brings \"elsewhere/cube\"",
    ),
    (
        "eval double.dnn good.csv",
        5,
        "error: double.dnn does not say what data it takes, expected a model that dnn train wrote: give model.dnn of a run",
    ),
    (
        "eval good.dnn no-target.csv",
        4,
        "error: \"no-target.csv\" has no column \"kind\", but columns 1 to 2: give the columns of the training data under their names, not \"width\", \"colour\"",
    ),
    (
        "eval good.dnn new-class.csv",
        4,
        "error: \"new-class.csv\", line 3, column \"kind\", has the class \"c\", but the classes learnt are \"a\", \"b\": correct it, or train again with rows of that class",
    ),
    (
        "eval good.dnn gone.csv",
        4,
        "error: looked for data at \"gone.csv\", but nothing is there: give the right path, or run `datasets/fetch NAME`",
    ),
    (
        "train good.csv --target kind --set validation=0.2 --set validation_data=good.csv",
        3,
        "error: data.validation is 0.2 beside data.validation_data: leave one of them out",
    ),
    (
        "train divided.csv --target kind --set data.split_column=part --set test_share=0.1",
        3,
        "error: data.test_share is 0.1 beside data.split_column: leave one of them out",
    ),
    (
        "train labels.npy --set data.labels=labels.npy --set data.group=who",
        3,
        "error: data.group is who, but only rows of a table have groups by a column, and recordings by a part of their names: for these set data.names too, else leave it out",
    ),
    (
        "train good.csv --target kind --set data.stream=true --set data.split_column=colour",
        4,
        "error: \"good.csv\", line 2, column \"colour\", has \"red\", but must say train, validation or test of each row: correct it, or name another data.split_column",
    ),
    (
        "train good.csv --target kind --seed 18446744073709551615",
        2,
        "error: invalid value '18446744073709551615' for '--seed <N>': 18446744073709551615 is not in 0..=9223372036854775807",
    ),
    (
        "train good.csv --target kind --out holder",
        5,
        "error: holder already holds files of a run (run.json, dnn.toml or model.dnn): name a new folder, or resume that run",
    ),
    (
        "sweep good.csv --target kind --space hidden=0",
        3,
        "error: sweep.space.hidden has 0: layer 1 has 3 inputs and 0 units, but needs at least one of each: give both a size of 1 or more",
    ),
    (
        "sweep good.csv --target kind --space activation=relu,zz",
        3,
        "error: sweep.space.activation has \"zz\": unknown activation \"zz\"; known are elu, gelu, identity, leaky_relu, relu, selu, sigmoid, silu, softmax, softplus, tanh: register the plug-in that brings \"zz\"",
    ),
    (
        "sweep good.csv --target kind --set sweep.measure=rmse",
        3,
        "error: sweep.measure is \"rmse\", which this data lacks, expected accuracy, average_precision, f1, log_loss, roc_auc: correct it, or leave it out",
    ),
    (
        "sweep good.csv --target kind --strategy grid --trials 4",
        3,
        "error: sweep.trials is 4, but a grid of these values has 48: raise it, give fewer values, or choose another strategy",
    ),
    (
        "train good.csv --target kind --set early_stopping.patience=5",
        3,
        "error: one setting cannot be followed:\n- early_stopping looks at the validation cost, but there are no validation examples: pass some, or hold out a share of the examples",
    ),
    (
        "train good.csv --target kind --set hidden=[1000000000,1000000000]",
        3,
        "error: the network needs more than 274877906944 numbers, found while computing the parameters up to layer 2: make the layers or the batch smaller",
    ),
    (
        "train good.csv --target kind --test no-rows.csv",
        4,
        "error: \"no-rows.csv\" has no example, but needs at least one: give other data",
    ),
    (
        "predict good.dnn far.csv",
        4,
        "error: \"far.csv\", line 2, column \"width\", has a number that is infinite when it is scaled as in training, but numbers of the training data were much smaller: correct it, or leave it empty",
    ),
    (
        "predict good.dnn good.csv --out good.dnn",
        2,
        "error: --out is good.dnn, which is the model: name another file",
    ),
    (
        "train few-labels/train-images-idx3-ubyte",
        4,
        "error: \"few-labels/train-images-idx3-ubyte\" has 2 examples beside 1 labels, but a label for each example is expected: give labels and examples of the same part",
    ),
    (
        "train good.csv --target kind --set checkpoint_seconds=-1",
        3,
        "error: run.checkpoint_seconds is -1, but must be above 0: 30 is usual",
    ),
    (
        "train good.csv --target kind --set keep_checkpoints=0",
        3,
        "error: run.keep_checkpoints is 0, but must be 1 or more: 3 is usual",
    ),
    (
        "train list.json --target kind",
        4,
        "error: \"list.json\" has a list of JSON objects, but a table is expected: write each object on a line of its own, without the list",
    ),
    (
        "predict good.dnn good.csv --out good.csv",
        2,
        "error: --out is good.csv, which is the data: name another file",
    ),
    (
        "train good.csv --target kind --set backend=libother.so",
        3,
        "error: run.backend is libother.so, expected a name: a library runs code, so only --backend may name one by its path",
    ),
    (
        "sweep good.csv --target kind --space seed=1,2",
        3,
        "error: sweep.space.seed: all trials have the same data and seed: vary keys of network and training",
    ),
    (
        "predict good.dnn no-colour.csv",
        4,
        "error: \"no-colour.csv\" has no column \"colour\", but columns 1 to 2: give the columns of the training data under their names, not \"width\", \"kind\"",
    ),
    (
        "predict good.dnn text-among-numbers.csv",
        4,
        "error: \"text-among-numbers.csv\", line 6, column 1 (width), has \"four\", but a number is expected: correct it, leave it empty if it is missing, or declare the column one of categories",
    ),
    (
        "predict flipped.dnn good.csv",
        5,
        "error: flipped.dnn: found other bits in section \"dnn/parameters\" than were written: the file is damaged; take another copy",
    ),
    (
        "resume gone",
        5,
        "error: gone holds no run: found nothing, expected a folder with run.json or metrics.jsonl: name the folder a training wrote",
    ),
    (
        "resume nothing",
        5,
        "error: nothing holds no run: found a folder without them, expected a folder with run.json or metrics.jsonl: name the folder a training wrote",
    ),
    (
        "resume run-without-configuration",
        5,
        "error: the run cannot go on: run-without-configuration/dnn.toml is missing; train anew",
    ),
    (
        "resume run-with-broken-configuration",
        5,
        "error: the run cannot go on: run-with-broken-configuration/dnn.toml, line 1: unclosed table, expected `]`; train anew",
    ),
    (
        "resume run-whose-data-is-gone",
        4,
        "error: looked for data at \"gone.csv\", but nothing is there: give the right path, or run `datasets/fetch NAME`",
    ),
    (
        "resume run-with-damaged-checkpoints",
        5,
        "error: run-with-damaged-checkpoints/checkpoints has 1 checkpoints, expected one that is whole; the newest: run-with-damaged-checkpoints/checkpoints/step-000000005.dnn: found a file that begins with \"no check\", expected a dnn checkpoint: check the path: take another copy, or start afresh in an empty folder",
    ),
    (
        "report gone",
        5,
        "error: gone holds no run: found nothing, expected a folder with run.json or metrics.jsonl: name the folder a training wrote",
    ),
    (
        "report nothing",
        5,
        "error: nothing holds no run: found a folder without them, expected a folder with run.json or metrics.jsonl: name the folder a training wrote",
    ),
    (
        "report run-without-configuration --out nothing/no/page.html",
        5,
        "error: cannot write nothing/no/page.html: No such file or directory (os error 2); check that its folder exists and allows it",
    ),
    (
        "train good.csv --target kind --out run-without-model",
        5,
        "error: run-without-model already holds files of a run (run.json, dnn.toml or model.dnn): name a new folder, or resume that run",
    ),
    (
        "train good.csv --target kind --out good.csv",
        5,
        "error: cannot make the folder good.csv/checkpoints: Not a directory (os error 20); check that its folder exists and allows it",
    ),
    (
        "eval run-without-model good.csv",
        5,
        "error: run-without-model has no model yet: its training still goes on, or was killed; dnn resume run-without-model goes on with it",
    ),
    (
        "sweep good.csv --target kind --trials 2 --parallel 1 --set optimizer=gradient_descent --set schedule=constant --space learning_rate=1e30,2e30",
        6,
        "error: every trial came to nothing: its numbers became infinite or NaN; try smaller learning rates",
    ),
];

/// Runs the program in `folder`, with `;` in the arguments for a blank.
fn dnn(folder: &Path, line: &str) -> Output {
    let arguments = line.split(' ').filter(|part| !part.is_empty()).map(|part| part.replace(';', " "));
    let mut program = Command::new(env!("CARGO_BIN_EXE_dnn"));
    let program = program.args(arguments).current_dir(folder).env("NO_COLOR", "1").env_remove("DNN_BLAS");
    let piped = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    // Some close their input before it is written.
    drop(child.stdin.take().unwrap().write_all(b"no table\n"));
    child.wait_with_output().unwrap()
}

/// What was said, without the folder's own path.
fn said(folder: &Path, output: &Output) -> String {
    let whole = format!("{}/", folder.canonicalize().unwrap().display());
    String::from_utf8_lossy(&output.stderr).replace(&whole, "").replace(&format!("{}/", folder.display()), "")
}

#[test]
fn every_bad_input_is_refused_in_the_words_of_the_table() {
    let place = TempDir::new().unwrap();
    fixtures(place.path());
    let before = runs(place.path());
    let mut wrong = Vec::new();
    for (line, code, expected) in ROWS {
        let output = dnn(place.path(), line);
        let said = said(place.path(), &output);
        let first = said.split("\n\n").next().unwrap_or_default().trim_end();
        let found = u8::try_from(output.status.code().unwrap()).unwrap();
        if (found, first) != (code, expected) {
            wrong.push(format!("    ({line:?}, {found}, {first:?}),"));
        }
        assert!(!said.contains("panicked"), "{line}: {said}");
        for run in runs(place.path()).into_iter().filter(|run| !before.contains(run)) {
            for command in ["report", "resume"] {
                let output = dnn(place.path(), &format!("{command} {run}"));
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                // What was left is a training that failed in good order: it can be looked at, and ends the same way again.
                let good = output.status.success()
                    || command == "resume" && output.status.code() == Some(found.into());
                assert!(
                    good && !said.contains("panicked"),
                    "{line} left {run}, which {command} says of: {said}"
                );
            }
            fs::remove_dir_all(place.path().join(run)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{} rows are otherwise now:\n{}", wrong.len(), wrong.join("\n"));
}

/// The folders of runs below `folder`, two levels deep.
fn runs(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for pattern in [folder.to_path_buf(), folder.join("runs")] {
        for entry in fs::read_dir(pattern).into_iter().flatten().flatten() {
            let path = entry.path();
            if ["run.json", "metrics.jsonl", "dnn.toml", "journal.jsonl"]
                .iter()
                .any(|file| path.join(file).exists())
            {
                found.push(path.strip_prefix(folder).unwrap().display().to_string());
            }
        }
    }
    found
}

/// Makes every file and folder of the table.
fn fixtures(folder: &Path) {
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let rows = |row: &dyn Fn(usize) -> String| (0..40).map(row).collect::<String>();
    let good = format!(
        "width,colour,kind\n{}",
        rows(&|i| format!("{},{},{}\n", i % 7, ["red", "blue"][i % 2], ["a", "b"][i / 3 % 2]))
    );
    write("good.csv", good.as_bytes());
    write("empty.csv", b"");
    write("header-only.csv", b"width,colour,kind\n");
    write("ragged.csv", good.replace("3,blue,", "3,blue,x,").as_bytes());
    write("text-among-numbers.csv", good.replacen("\n4,", "\nfour,", 1).as_bytes());
    write("open-quote.csv", format!("{good}\"1,red,a\n").as_bytes());
    write("latin1.csv", b"width,kind\n1,caf\xe9\n2,b\n");
    write("one-class.csv", good.replace(",b\n", ",a\n").as_bytes());
    write("gap-in-target.csv", good.replacen(",b\n", ",\n", 1).as_bytes());
    write("twice-named.csv", good.replace("width,colour", "width,width").as_bytes());
    write("only-target.csv", format!("kind\n{}", rows(&|i| format!("{}\n", ["a", "b"][i % 2]))).as_bytes());
    write(
        "divided.csv",
        format!(
            "width,part,kind\n{}",
            rows(&|i| format!("{i},{},{}\n", ["train", "test"][i % 2], ["a", "b"][i / 3 % 2]))
        )
        .as_bytes(),
    );
    write("parquet.csv", b"PAR1\x00\x00");
    write("no-target.csv", b"width,colour\n1,red\n");
    write("no-colour.csv", b"width,kind\n1,a\n2,b\n");
    write("new-class.csv", b"width,colour,kind\n1,red,a\n2,red,c\n");
    write("broken.jsonl", b"{\"width\": 1, \"kind\": \"a\"}\n{\"width\": 2,\n");
    write("holder/dnn.toml", b"# of somebody\n");
    write("list.json", b"[{\"kind\": \"a\"}]");
    write("no-rows.csv", b"width,colour,kind\n");
    write("far.csv", b"colour,width\nred,1e300\n");
    write(
        "few-labels/train-images-idx3-ubyte",
        &[&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1][..], &[7, 9]].concat(),
    );
    write("few-labels/train-labels-idx1-ubyte", &[0, 0, 8, 1, 0, 0, 0, 1, 0]);
    write("cut.npy", b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4'");
    write("short-ubyte", &[0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3]);
    write("broken.npz", b"PK\x03\x04 no archive");
    write("pictures-of-one-class/cat/1.png", b"no picture");
    write("broken-pictures/cat/1.png", b"no picture");
    write("broken-pictures/dog/1.png", b"no picture");
    write("broken-sounds/a_1.wav", b"no sound");
    write("broken-sounds/b_1.wav", b"no sound");
    fs::create_dir(folder.join("nothing")).unwrap();
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
    let labels = [&b"\x93NUMPY\x01\x00\x76\x00"[..], format!("{header:<117}\n").as_bytes(), &[0, 1]].concat();
    write("labels.npy", &labels);
    write("syntax.toml", b"[training\nepochs = 3\n");
    write("unknown-key.toml", b"[training]\nlearning_rte = 0.1\n");
    write("unknown-table.toml", b"[trainig]\nepochs = 3\n");
    write("wrong-kind.toml", b"[training]\nepochs = \"many\"\n");
    models(folder);
    trainings(folder);
}

/// Model files: one that is good, and others.
fn models(folder: &Path) {
    let table = table::read(folder.join("good.csv"), &Default::default()).unwrap();
    let encoder = TableEncoder::fit(&table, "kind", &Default::default()).unwrap();
    let network = Network::builder(encoder.features()).dense(2, Relu).dense(1, Sigmoid).build().unwrap();
    let mut model = Checkpoint::new(network.clone(), network.starting_parameters::<f32>()).unwrap();
    model.save(folder.join("no-data.dnn")).unwrap();
    model.set_section("dnn-data/preprocessor", &Preprocessor::Table(encoder)).unwrap();
    model.save(folder.join("good.dnn")).unwrap();
    let bytes = model.to_bytes().unwrap();
    let changed = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        fs::write(folder.join(name), bytes).unwrap();
    };
    changed("cut.dnn", &|bytes| bytes.truncate(bytes.len() / 2));
    changed("flipped.dnn", &|bytes| {
        let last = bytes.len() - 33; // of the last section: after it comes the hash
        bytes[last] ^= 1;
    });
    changed("newer.dnn", &|bytes| bytes[8] = 9);
    changed("empty.dnn", &|bytes| bytes.clear());
    fs::write(folder.join("text.dnn"), "no model").unwrap();
    model.set_section("dnn-data/preprocessor", "no intake").unwrap();
    model.save(folder.join("strange-data.dnn")).unwrap();
    let cube = Network::builder(3).dense(2, Cube).dense(1, Identity).build().unwrap();
    Checkpoint::new(cube.clone(), cube.starting_parameters::<f32>())
        .unwrap()
        .save(folder.join("cube.dnn"))
        .unwrap();
    let double = Checkpoint::new(network.clone(), network.starting_parameters::<f64>()).unwrap();
    double.save(folder.join("double.dnn")).unwrap();
}

/// Folders of trainings: none is whole.
fn trainings(folder: &Path) {
    let begun = |name: &str| {
        let run = RunFolder::create(folder.join(name)).unwrap();
        run.write_about(&About::default()).unwrap();
        run
    };
    begun("run-without-configuration");
    let broken = begun("run-with-broken-configuration");
    fs::write(broken.configuration_path(), "[training\n").unwrap();
    let lost = begun("run-whose-data-is-gone");
    fs::write(lost.configuration_path(), "[data]\ntrain = \"gone.csv\"\ntarget = \"kind\"\n").unwrap();
    let damaged = begun("run-with-damaged-checkpoints");
    fs::write(damaged.configuration_path(), "[data]\ntrain = \"good.csv\"\ntarget = \"kind\"\n").unwrap();
    fs::write(damaged.checkpoints().join("step-000000005.dnn"), "no checkpoint").unwrap();
    let finished = begun("run-without-model");
    finished.write_outcome(&Outcome::default()).unwrap();
}
