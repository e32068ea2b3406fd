//! Files that cannot be learnt from, and exactly what is said of each. `FILE` stands for the path, in quotes.
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::Path;

use dnn_data::{Chunks, Result, TableEncoder, folder, idx, npy, sound, table};
use dnn_data::{EncoderOptions, Task, Unknown};

/// What a user would do with a file.
type Deed = fn(&Path) -> Result<()>;

/// Reads a table and learns to predict its column y.
fn learn(path: &Path) -> Result<()> {
    learn_with(path, Vec::new(), &EncoderOptions::default())
}

fn learn_with(path: &Path, kinds: Vec<(String, table::Kind)>, options: &EncoderOptions) -> Result<()> {
    let file = table::Options { target: Some("y".into()), kinds, ..table::Options::default() };
    TableEncoder::fit(&table::read(path, &file)?, "y", options).map(|_| ())
}

/// Learns to predict a number.
fn learn_number(path: &Path) -> Result<()> {
    let options = EncoderOptions { task: Task::Number, ..EncoderOptions::default() };
    learn_with(path, Vec::new(), &options)
}

/// What an encoder that was learnt from [`GOOD`] makes of a file of raw data with answers.
fn answer(path: &Path) -> Result<()> {
    let good = path.with_file_name("good.csv");
    std::fs::write(&good, GOOD).unwrap();
    let options = EncoderOptions { unknown: Unknown::Refuse, ..EncoderOptions::default() };
    let encoder = TableEncoder::fit(&table::read(good, &table::Options::default())?, "y", &options)?;
    let table = encoder.read_table(path, None)?;
    encoder.transform::<f32>(&table)?;
    encoder.targets::<f32>(&table)?;
    Chunks::<f32>::open(path, &encoder, 2, 2, 0, 0)?.try_for_each(|chunk| chunk.map(|_| ()))
}

const GOOD: &str = "x,colour,y\n1,red,a\n2,blue,b\n3,red,a\n";

/// Content, deed, message.
type Case = (&'static [u8], Deed, &'static str);

const TABLES: &[Case] = &[
    (
        b"PAR1\x15\x04\x15",
        learn,
        "FILE has the first bytes of a Parquet file, but text is expected: convert it to CSV, or build with the feature parquet",
    ),
    (b"", learn, "FILE has no row, but needs at least one: give a table with a row for each example"),
    (b"\n \n", learn, "FILE has no row, but needs at least one: give a table with a row for each example"),
    (
        b"x,y\n",
        learn,
        "FILE has no row below its header, but needs at least one: give a table with a row for each example",
    ),
    (
        b"x,y\n1,a\n2\n",
        learn,
        "FILE, line 3, has 1 field, but the first row has 2 fields: complete the row, and quote a field that holds the delimiter",
    ),
    (
        b"x,y\n1,a\n\n2,b,c\n",
        learn,
        "FILE, line 4, has 3 fields, but the first row has 2 fields: complete the row, and quote a field that holds the delimiter",
    ),
    (
        b"x,y\n1,a\n2,\"b\n3,a\n",
        learn,
        "FILE, line 3, column 2, has a quote that opens, but none closes it: quote whole fields, and double a quote inside one",
    ),
    (
        b"x,y\n1,\"a\" b\n2,b\n",
        learn,
        "FILE, line 2, column 2, has text after a closing quote, but a delimiter follows: quote whole fields, and double a quote inside one",
    ),
    (
        b"x,y\n1,a\0\n2,b\n",
        learn,
        "FILE, line 2, column 2, has a byte 00, but text has none: give a text file, plain or gzipped",
    ),
    (
        b"x,y\n1,caf\xe9\n2,b\n",
        learn,
        "FILE, line 2, has the byte e9 at place 6, but UTF-8 has none there: save the file as UTF-8",
    ),
    (
        b"\xff\xfex\0,\0y\0\n\0",
        learn,
        "FILE, line 1, has the mark of UTF-16, but UTF-8 is expected: save the file as UTF-8",
    ),
    (
        b"x,y\r1,a\r2,b\r",
        learn,
        "FILE, line 1, column 2, has a carriage return inside, but lines end in \\n or \\r\\n: save the file with such line ends",
    ),
    (b"x,Y,z\n1,a,1\n2,b,2\n", learn, "FILE has no column \"y\", but columns 1 to 3: did you mean \"Y\"?"),
    (
        b"a,b\n1,a\n2,b\n",
        learn,
        "FILE has no column \"y\", but columns 1 to 2: give a number, or one of \"a\", \"b\"",
    ),
    (
        b"x,y,x\n1,a,1\n2,b,2\n",
        learn,
        "FILE, line 1, column 3, has the name \"x\", but column 1 has it already: give each column a name of its own, or say that there is no header",
    ),
    (
        b"x,y\n1,a\n2,\n",
        learn,
        "FILE, line 3, column \"y\", has no value, but it is the target, which each row needs: fill it, or remove the row",
    ),
    (
        b"x,y\n1,a\n2,a\n",
        learn,
        "column \"y\" of FILE has only the class \"a\", but there must be two at least: choose another target, or add rows of another class",
    ),
    (
        b"x,y\n1,4\n2,4\n",
        learn_number,
        "column \"y\" of FILE has only the number 4, but numbers to be predicted vary, within what f64 can square: choose another target",
    ),
    (
        b"x,y\n1,a\n2,b\n",
        learn_number,
        "column \"y\" of FILE has texts, but numbers are to be predicted: choose another target, or predict classes",
    ),
    (
        b"x,z,y\n7,,a\n7,,b\n7,?,a\n",
        learn,
        "the table has 0 columns that vary beside the target, but at least 1 columns that vary beside the target are expected: give columns to predict from",
    ),
    (
        b"x,y\n1e308,a\n-1e308,b\n",
        learn,
        "column \"x\" of FILE has numbers too far apart, but their deviation must be finite: divide them by a constant first",
    ),
    (
        b"{\"x\": 1, \"y\": \"a\"}\n{\"x\": 2, \"y\": \"b\"\n",
        learn,
        "FILE, line 2, has no JSON object (EOF while parsing an object at line 1 column 17), but each line is one: correct the line",
    ),
    (
        b"{\"x\": 1, \"y\": \"a\"}\n{\"x\": [2], \"y\": \"b\"}\n",
        learn,
        "FILE, line 2, has a list or an object as \"x\", but a value is a number, a text, true, false or null: give each of its values a key of its own",
    ),
    (
        b"\x1f\x8b\x08\0\0\0\0\0",
        learn,
        "FILE could not be read to its end (unexpected end of file): check its permissions, or fetch it again",
    ),
    (
        b"x,y\n1,a\n",
        answer,
        "FILE has no column \"colour\", but columns 1 to 2: give the columns of the training data under their names, not \"x\", \"y\"",
    ),
    (
        b"x,colour,y\n1,red,a\nten,red,a\n",
        answer,
        "FILE, line 3, column 1 (x), has \"ten\", but a number is expected: correct it, leave it empty if it is missing, or declare the column one of categories",
    ),
    (
        b"x,colour,y\n1,red,c\n",
        answer,
        "FILE, line 2, column \"y\", has the class \"c\", but the classes learnt are \"a\", \"b\": correct it, or train again with rows of that class",
    ),
    (
        b"x,colour,y\n1,green,a\n",
        answer,
        "FILE, line 2, column \"colour\", has \"green\", but that category was not seen in training: correct it, or let unknown categories count as none",
    ),
];

/// Runs a deed on a file of its own, and gives what it says.
fn said(name: &str, content: &[u8], deed: Deed) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let message = deed(&path).expect_err("it cannot be learnt from").to_string();
    message.replace(&format!("{path:?}"), "FILE").replace(&format!("{:?}", folder.path()), "FOLDER")
}

#[test]
fn each_bad_table_has_its_message() {
    for (content, deed, message) in TABLES {
        assert_eq!(said("table", content, *deed), *message, "{:?}", String::from_utf8_lossy(content));
    }
}

#[test]
fn text_among_many_numbers_is_told_with_its_line() {
    let text = format!("x,y\n{}1O,a\n", "1,a\n2,b\n".repeat(15));
    assert_eq!(
        said("table", text.as_bytes(), learn),
        "FILE, line 32, column 1 (x), has \"1O\", but a number is expected: correct it, leave it empty if it is missing, or declare the column one of categories"
    );
    let names: String = (0..60).map(|i| format!("name {i},{}\n", ["a", "b"][i % 2])).collect();
    assert_eq!(
        said("table", format!("x,y\n{names}").as_bytes(), learn),
        "column \"x\" of FILE has 60 different texts in 60 rows, but categories recur, and are not too many: ignore the column, or allow more categories"
    );
}

#[test]
fn what_is_odd_but_clear_is_read() {
    let good = table_of(b"x,y\n1,a\n2,b\n");
    for odd in [
        &b"\xef\xbb\xbfx,y\r\n1,a\r\n2,b"[..],
        b"x;y\n1;a\n2;b\n",
        b" x , \"y\"\n\n1,a\n2,\"b\"\n",
        b"x\ty\n1\ta\n2\tb\n",
    ] {
        let odd = table_of(odd);
        assert_eq!((odd.names(), odd.columns()), (good.names(), good.columns()));
    }
    let constant = table_of(b"x,same,none,y\n1,7,,a\n2,7,?,b\n");
    let encoder = TableEncoder::fit(&constant, "y", &EncoderOptions::default()).unwrap();
    assert_eq!(encoder.feature_names(), ["x"]);
    let unused: Vec<String> = encoder
        .columns()
        .iter()
        .filter(|column| column.encoding.count() == 0)
        .map(|column| format!("{}: {:?}", column.name, column.encoding))
        .collect();
    assert_eq!(unused, ["same: Unused(Constant)", "none: Unused(Empty)", "y: Unused(Target)"]);
}

fn table_of(content: &[u8]) -> table::Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table");
    std::fs::write(&path, content).unwrap();
    table::read(path, &table::Options { target: Some("y".into()), ..Default::default() }).unwrap()
}

#[test]
fn options_that_name_no_column_are_refused() {
    let kinds: Deed = |path| {
        let kinds = vec![("colr".into(), table::Kind::Numbers)];
        learn_with(path, kinds, &EncoderOptions::default())
    };
    assert_eq!(
        said("table", GOOD.as_bytes(), kinds),
        "FILE has no column \"colr\", but columns 1 to 3: did you mean \"colour\"?"
    );
    let ignored: Deed = |path| {
        let options = EncoderOptions { ignored: vec!["4".into()], ..EncoderOptions::default() };
        learn_with(path, Vec::new(), &options)
    };
    assert_eq!(
        said("table", GOOD.as_bytes(), ignored),
        "FILE has no column \"4\", but columns 1 to 3: give a number, or one of \"x\", \"colour\", \"y\""
    );
    let numbers: Deed = |path| {
        let kinds = vec![("colour".into(), table::Kind::Numbers)];
        learn_with(path, kinds, &EncoderOptions::default())
    };
    assert_eq!(
        said("table", GOOD.as_bytes(), numbers),
        "FILE, line 2, column 2 (colour), has \"red\", but a number is expected: correct it, leave it empty if it is missing, or declare the column one of categories"
    );
}

const IDX: Deed = |path| idx::read::<f32>(path).map(|_| ());
const NPY: Deed = |path| npy::read::<f32>(path).map(|_| ());
const PICTURE: Deed = |path| folder::read_pictures::<f32>(path, folder::Colour::Grey).map(|_| ());
const WAV: Deed = |path| sound::read(path).map(|_| ());
const NAMED: Deed = |path| sound::read_folder(path.parent().unwrap(), &Default::default()).map(|_| ());

/// The header of a WAV file of one channel, 8000 samples of 16 bits a second, that announces four bytes of them.
const WAV_HEADER: &[u8] =
    b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x04\0\0\0";
/// The same without any.
const WAV_EMPTY: &[u8] =
    b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0";

#[test]
fn other_files_have_their_messages() {
    let cases: &[(&str, &[u8], Deed, &str)] = &[
        (
            "a",
            b"text",
            IDX,
            "FILE has the first bytes [74, 65, 78, 74], but an IDX header [00, 00, type 08 to 0e, number of axes] is expected: give an IDX file, plain or gzipped",
        ),
        (
            "a",
            b"\0\0\x08\x01\0\0\0\x03ab",
            IDX,
            "FILE ends after 2 bytes of data, but its header announces 3: fetch it again, it is cut short",
        ),
        (
            "a",
            b"text",
            NPY,
            "FILE has the first bytes [74, 65, 78, 74], but an NPY array with at least one axis is expected: save it again with `numpy.save`",
        ),
        (
            "a.png",
            b"text",
            PICTURE,
            "FILE has content that cannot be decoded (Format error decoding Png: Invalid PNG signature.), but a picture (PNG, JPEG, BMP, PGM or PPM) is expected: convert it, or take it out of the folder",
        ),
        (
            "a.wav",
            b"text",
            WAV,
            "FILE has content that cannot be decoded (Ill-formed WAVE file: no RIFF tag found), but a WAV file with samples is expected: convert it to WAV",
        ),
        (
            "a.wav",
            WAV_HEADER,
            WAV,
            "FILE has fewer bytes than its header announces, but a WAV file with samples is expected: fetch it again, it is cut short",
        ),
        (
            "a.wav",
            WAV_EMPTY,
            WAV,
            "FILE has no samples, but a WAV file with samples is expected: leave the file out, or record it again",
        ),
        (
            "a.wav",
            WAV_EMPTY,
            NAMED,
            "FILE has the name \"a.wav\", but a class, `_`, and more is expected: rename it, give another pattern, or put each class into a sub-folder",
        ),
        (
            "a.txt",
            b"text",
            NAMED,
            "FOLDER has no WAV file, but needs at least one: put the recordings there, or those of each class into a sub-folder named after it",
        ),
    ];
    for (name, content, deed, message) in cases {
        assert_eq!(said(name, content, *deed), *message);
    }
}

#[test]
fn pictures_of_two_sizes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, width) in [("1.png", 3), ("2.png", 4)] {
        image::GrayImage::new(width, 2).save(folder.path().join(name)).unwrap();
    }
    let message = PICTURE(folder.path()).unwrap_err().to_string();
    let message = message.replace(&folder.path().display().to_string(), "FOLDER");
    assert_eq!(
        message,
        "\"FOLDER/2.png\" is 4 × 2 pixels, but \"FOLDER/1.png\" is 3 × 2: bring all pictures to one size"
    );
}
