package dev.millrace.cli.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.record.RecordWriter;
import dev.millrace.ops.Io;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Queue;
import dev.millrace.ops.Reader;
import dev.millrace.ops.SequenceParser;
import dev.millrace.ops.Table;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.BytesList;
import dev.millrace.proto.Example;
import dev.millrace.proto.Feature;
import dev.millrace.proto.Features;
import dev.millrace.proto.FloatList;
import dev.millrace.proto.Int64List;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/** Calls of what is grouped around files: io, tables, summaries, input pipelines, pictures. */
final class FluentFileCalls {
  private final Path dir;

  /**
   * @param dir a folder for files that the graphs read and write
   */
  FluentFileCalls(Path dir) throws IOException {
    this.dir = Files.createDirectories(dir);
    Files.writeString(dir.resolve("lines.txt"), "one\ntwo\nthree\nfour\n");
    Files.writeString(dir.resolve("columns.txt"), "a,5\nb,6\nc,7\n");
    Files.writeString(dir.resolve("fixed.bin"), "HEADaabbccddF");
    try (RecordWriter w = RecordWriter.create(dir.resolve("records"))) {
      w.write("first".getBytes(UTF_8));
      w.write("second".getBytes(UTF_8));
    }
  }

  private String file(String name) {
    return dir.resolve(name).toString();
  }

  // ---- io

  FluentCalls io() {
    FluentCalls c = new FluentCalls();
    c.add("io.readFile", (f, tf) -> tf.io().readFile(f.in(file("lines.txt"))));
    c.add(
        "io.writeFile",
        (f, tf) -> {
          Tensor name = f.in(file("made/by.txt"));
          try (Scope s = tf.controlDependencies(tf.io().writeFile(name, f.in("written")))) {
            return tf.io().readFile(name);
          }
        });
    c.add("io.matchingFiles", (f, tf) -> tf.io().matchingFiles(f.in(file("*.txt"))));
    readers(c);
    c.add(
        "io.decodeRaw",
        (f, tf) -> tf.io().decodeRaw(f.in(new String[] {"abcdefgh", "ijklmnop"}), DataType.INT32));
    c.add("io.decodeCompressed", (f, tf) -> tf.io().decodeCompressed(f.in(gzip("some")), "GZIP"));
    c.add(
        "io.decodeCsv",
        (f, tf) ->
            tf.io()
                .decodeCsv(
                    f.in(new String[] {"1,2.5,a", "3,,\"b,c\""}),
                    List.of(new int[] {}, new float[] {7}, new String[] {"-"})));
    c.add(
        "io.decodeCsv",
        (f, tf) -> tf.io().decodeCsv(f.in(new String[] {"1;2"}), List.of(0, 0), ";"));
    c.add("io.serializeTensor", (f, tf) -> tf.io().serializeTensor(f.any(2, 3)));
    c.add(
        "io.parseTensor",
        (f, tf) -> tf.io().parseTensor(tf.io().serializeTensor(f.any(2, 3)), DataType.FLOAT32));
    c.add(
        "io.parseExample",
        (f, tf) -> all(tf.io().parseExample(f.in(examples()), dense(Shape.of(2)), sparse())));
    c.add(
        "io.parseSingleExample",
        (f, tf) -> all(tf.io().parseSingleExample(f.in(example(3)), dense(Shape.of(2)), sparse())));
    c.add("io.sequenceParser", (f, tf) -> null);
    c.add("sequenceParser.sparseList", (f, tf) -> null);
    c.add("sequenceParser.list", (f, tf) -> null);
    c.add("sequenceParser.sparseContext", (f, tf) -> null);
    c.add("sequenceParser.context", (f, tf) -> null);
    c.add(
        "sequenceParser.parse",
        (f, tf) ->
            all(
                tf.io()
                    .sequenceParser()
                    .context("c", DataType.FLOAT32, Shape.scalar())
                    .context("cd", DataType.INT64, Shape.of(2), new long[] {8, 9})
                    .sparseContext("cs", DataType.INT64)
                    .list("l", DataType.INT64, Shape.of(2))
                    .list("t", DataType.STRING, Shape.scalar(), true)
                    .sparseList("ls", DataType.FLOAT32)
                    .sparseList("none", DataType.INT64)
                    .parse(f.in(ExampleCases.sequencesValue()))));
    c.add("io.print", (f, tf) -> tf.io().print(f.any(2), List.of(f.in(1)), "printed by a test: "));
    return c;
  }

  private void readers(FluentCalls c) {
    c.add("io.wholeFileReader", (f, tf) -> read(tf, tf.io().wholeFileReader(), "lines.txt"));
    c.add("io.identityReader", (f, tf) -> read(tf, tf.io().identityReader(), "lines.txt"));
    c.add("io.textLineReader", (f, tf) -> read(tf, tf.io().textLineReader(), "lines.txt"));
    c.add("io.textLineReader", (f, tf) -> read(tf, tf.io().textLineReader(2), "lines.txt"));
    c.add("io.tfRecordReader", (f, tf) -> read(tf, tf.io().tfRecordReader(), "records"));
    c.add("io.tfRecordReader", (f, tf) -> read(tf, tf.io().tfRecordReader(""), "records"));
    c.add(
        "io.fixedLengthRecordReader",
        (f, tf) -> read(tf, tf.io().fixedLengthRecordReader(4), "fixed.bin"));
    c.add(
        "io.fixedLengthRecordReader",
        (f, tf) -> read(tf, tf.io().fixedLengthRecordReader(2, 4, 1), "fixed.bin"));
    c.add("reader.read", (f, tf) -> read(tf, tf.io().textLineReader(), "columns.txt"));
    c.add(
        "reader.readUpTo",
        (f, tf) -> {
          Names n = names(tf, "lines.txt");
          Reader.Item some = tf.io().textLineReader().readUpTo(n.queue, 3L);
          return List.of(n.put, some.key(), some.value());
        });
    c.add("reader.numRecordsProduced", (f, tf) -> afterRead(tf, Reader::numRecordsProduced));
    c.add("reader.numWorkUnitsCompleted", (f, tf) -> afterRead(tf, Reader::numWorkUnitsCompleted));
    c.add("reader.serializeState", (f, tf) -> afterRead(tf, Reader::serializeState));
    c.add(
        "reader.restoreState",
        (f, tf) ->
            afterRead(
                tf,
                r -> {
                  Tensor state = r.serializeState();
                  Operation back = r.restoreState(state);
                  return after(tf, back, r::numRecordsProduced);
                }));
    c.add(
        "reader.reset", (f, tf) -> afterRead(tf, r -> after(tf, r.reset(), r::numRecordsProduced)));
  }

  /** A queue of a file's name, and the step that puts it there. */
  private record Names(Queue queue, Operation put) {}

  private Names names(Ops tf, String file) {
    Queue q = tf.fifoQueue(10, DataType.STRING, Shape.scalar());
    return new Names(q, q.enqueue(file(file)));
  }

  private List<Object> read(Ops tf, Reader reader, String file) {
    Names n = names(tf, file);
    Reader.Item item = reader.read(n.queue);
    return List.of(n.put, item.key(), item.value());
  }

  private List<Object> afterRead(Ops tf, Function<Reader, Tensor> then) {
    Reader r = tf.io().identityReader();
    Names n = names(tf, "lines.txt");
    Operation read = r.read(n.queue).value().op();
    return List.of(n.put, after(tf, read, () -> then.apply(r)));
  }

  static <T> T after(Ops tf, Operation first, Supplier<T> then) {
    try (Scope s = tf.controlDependencies(first)) {
      return then.get();
    }
  }

  private static TensorValue gzip(String text) {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(to)) {
      zip.write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return TensorValue.wrap(DataType.STRING, Shape.of(1), new byte[][] {to.toByteArray()});
  }

  // ---- examples

  private static byte[] message(int n) {
    Features.Builder b = Features.newBuilder();
    b.putFeature(
        "x",
        Feature.newBuilder()
            .setFloatList(FloatList.newBuilder().addValue(n + 0.5f).addValue(-n))
            .build());
    Int64List.Builder ids = Int64List.newBuilder();
    for (int i = 0; i < n; i++) {
      ids.addValue(10 * n + i);
    }
    b.putFeature("ids", Feature.newBuilder().setInt64List(ids).build());
    b.putFeature(
        "name",
        Feature.newBuilder()
            .setBytesList(BytesList.newBuilder().addValue(ByteString.copyFromUtf8("n" + n)))
            .build());
    return Example.newBuilder().setFeatures(b).build().toByteArray();
  }

  private static TensorValue example(int n) {
    return TensorValue.wrap(DataType.STRING, Shape.scalar(), new byte[][] {message(n)});
  }

  private static TensorValue examples() {
    return TensorValue.wrap(
        DataType.STRING, Shape.of(3), new byte[][] {message(2), message(0), message(1)});
  }

  private static Map<String, Io.Dense> dense(Shape shape) {
    Map<String, Io.Dense> r = new LinkedHashMap<>();
    r.put("x", new Io.Dense(DataType.FLOAT32, shape));
    r.put("missing", new Io.Dense(DataType.INT64, Shape.scalar(), 9L));
    return r;
  }

  private static Map<String, DataType> sparse() {
    Map<String, DataType> r = new LinkedHashMap<>();
    r.put("ids", DataType.INT64);
    r.put("name", DataType.STRING);
    return r;
  }

  private static List<Object> all(Io.Parsed p) {
    List<Object> r = new ArrayList<>(p.dense().values());
    p.sparse().values().forEach(s -> r.addAll(List.of(s.indices(), s.values(), s.denseShape())));
    return r;
  }

  private static List<Object> all(SequenceParser.Parsed p) {
    List<Object> r = new ArrayList<>();
    r.addAll(p.context().values());
    r.addAll(p.sparseContext().values());
    r.addAll(p.lists().values());
    r.addAll(p.lengths().values());
    r.addAll(p.sparseLists().values());
    return r;
  }

  // ---- tables

  FluentCalls lookup() {
    FluentCalls c = new FluentCalls();
    c.add(
        "lookup.hashTable",
        (f, tf) ->
            tf.lookup()
                .hashTable(new String[] {"a", "b"}, new float[] {1, 2}, -1f)
                .lookup(f.in(new String[] {"b", "c", "a"})));
    c.add(
        "lookup.fromTextFile",
        (f, tf) ->
            tf.lookup()
                .fromTextFile(
                    file("columns.txt"), DataType.STRING, 0, DataType.INT64, 1, 3, ",", -1L)
                .lookup(f.in(new String[] {"b", "x"})));
    c.add(
        "lookup.indexTableFromFile",
        (f, tf) ->
            tf.lookup()
                .indexTableFromFile(file("lines.txt"))
                .lookup(f.in(new String[] {"three", "five"})));
    c.add(
        "lookup.indexTableFromTensor",
        (f, tf) ->
            tf.lookup()
                .indexTableFromTensor(new String[] {"p", "q"})
                .lookup(f.in(new String[] {"q", "z"})));
    c.add(
        "lookup.indexToStringTableFromFile",
        (f, tf) ->
            tf.lookup()
                .indexToStringTableFromFile(file("lines.txt"), "none")
                .lookup(f.in(new long[] {2, 9})));
    c.add(
        "lookup.indexToStringTableFromTensor",
        (f, tf) ->
            tf.lookup()
                .indexToStringTableFromTensor(new String[] {"p", "q"}, "none")
                .lookup(f.in(new long[] {1, 2})));
    c.add(
        "lookup.mutableHashTable",
        (f, tf) -> {
          Table t =
              tf.lookup().mutableHashTable(DataType.INT64, DataType.FLOAT32, new float[] {0, 0});
          Operation put = t.insert(f.in(new long[] {4, 5}), f.any(2, 2));
          return after(tf, put, () -> t.lookup(f.in(new long[] {5, 6})));
        });
    c.add(
        "lookup.mutableDenseHashTable",
        (f, tf) -> {
          Table t = tf.lookup().mutableDenseHashTable(DataType.INT64, DataType.INT64, 0L, -1L, -2L);
          Operation put = t.insert(f.in(new long[] {4, 5}), f.in(new long[] {7, 8}));
          return after(tf, put, () -> t.lookup(f.in(new long[] {5, 6})));
        });
    c.add("table.lookup", (f, tf) -> filled(f, tf, t -> t.lookup(f.in(new long[] {2, 3}))));
    c.add("table.size", (f, tf) -> filled(f, tf, Table::size));
    c.add("table.insert", (f, tf) -> filled(f, tf, Table::size));
    c.add(
        "table.remove",
        (f, tf) -> filled(f, tf, t -> after(tf, t.remove(f.in(new long[] {2, 8})), t::size)));
    c.add(
        "table.replace",
        (f, tf) ->
            filled(
                f,
                tf,
                t ->
                    after(
                        tf,
                        t.replace(f.in(new long[] {3}), f.in(new long[] {30})),
                        () -> t.lookup(f.in(new long[] {2, 3})))));
    c.add(
        "table.export",
        (f, tf) ->
            filled(
                f,
                tf,
                t ->
                    t.export().stream() // the order is open
                        .map(x -> tf.reduceSum(x))
                        .toList()));
    return c;
  }

  private static Object filled(FluentCalls f, Ops tf, Function<Table, Object> then) {
    Table t = tf.lookup().mutableHashTable(DataType.INT64, DataType.INT64, -1L);
    Operation put = t.insert(f.in(new long[] {1, 2}), f.in(new long[] {10, 20}));
    return after(tf, put, () -> then.apply(t));
  }

  // ---- summaries

  FluentCalls summaries() {
    FluentCalls c = new FluentCalls();
    c.add("summary.scalar", (f, tf) -> tf.summary().scalar("a b", f.in(2.5f)));
    c.add("summary.histogram", (f, tf) -> tf.summary().histogram("h", f.any(20)));
    c.add("summary.audio", (f, tf) -> tf.summary().audio("s", f.between(-1, 1, 2, 8), 100f, 2));
    c.add("summary.tensor", (f, tf) -> tf.summary().tensor("t", f.any(2), ""));
    c.add(
        "summary.merge",
        (f, tf) ->
            tf.summary()
                .merge(
                    List.of(
                        tf.summary().scalar("m1", f.in(1f)), tf.summary().scalar("m2", f.in(2f)))));
    c.add("summary.mergeAll", (f, tf) -> tf.summary().mergeAll());
    return c;
  }

  // ---- input pipelines

  FluentCalls inputs() {
    FluentCalls c = new FluentCalls().steps(3);
    c.add("inputs.inputProducer", (f, tf) -> tf.inputs().inputProducer(f.any(6, 2)).dequeue());
    c.add(
        "inputs.stringProducer",
        (f, tf) -> tf.inputs().stringProducer(List.of("p", "q", "r")).dequeue());
    c.add("inputs.rangeProducer", (f, tf) -> tf.inputs().rangeProducer(5).dequeueMany(4));
    c.add("inputs.sliceProducer", (f, tf) -> tf.inputs().sliceProducer(f.any(5, 2), f.any(5)));
    c.add(
        "inputs.shuffle",
        (f, tf) -> tf.inputs().shuffle(false).inputProducer(f.any(4)).dequeueMany(4));
    c.add("inputs.seed", (f, tf) -> tf.inputs().seed(7).inputProducer(f.any(9)).dequeueMany(9));
    c.add("inputs.epochs", (f, tf) -> tf.inputs().epochs(3).rangeProducer(3).dequeueMany(9));
    c.add("inputs.capacity", (f, tf) -> tf.inputs().capacity(50).rangeProducer(4).dequeueMany(7));
    c.add("inputs.sharedName", (f, tf) -> tf.inputs().sharedName("n").rangeProducer(3).dequeue());
    c.add("inputs.batch", (f, tf) -> tf.inputs().batch(List.of(f.any(2), f.in(3)), 3));
    c.add(
        "inputs.batchJoin",
        (f, tf) -> tf.inputs().batchJoin(List.of(List.of(f.in(3)), List.of(f.in(3))), 5));
    c.add(
        "inputs.shuffleBatch",
        (f, tf) ->
            tf.inputs()
                .enqueueMany(true)
                .seed(5)
                .shuffleBatch(List.of(f.any(4, 2), f.any(4)), 3, 6));
    c.add(
        "inputs.shuffleBatchJoin",
        (f, tf) -> tf.inputs().shuffleBatchJoin(List.of(List.of(f.in(3)), List.of(f.in(3))), 2, 3));
    c.add(
        "inputs.enqueueMany",
        (f, tf) -> tf.inputs().enqueueMany(true).batch(List.of(f.any(4, 2)), 5));
    c.add(
        "inputs.allowSmallerFinalBatch",
        (f, tf) -> tf.inputs().allowSmallerFinalBatch(true).batch(List.of(f.any(2)), 2));
    c.add("inputs.dynamicPad", (f, tf) -> tf.inputs().dynamicPad(true).batch(List.of(f.any(3)), 2));
    c.add(
        "inputs.shapes",
        (f, tf) -> tf.inputs().shapes(List.of(Shape.of(3))).batch(List.of(f.any(3)), 2));
    c.add("inputs.threads", (f, tf) -> tf.inputs().threads(2).batch(List.of(f.any(3)), 3));
    c.add(
        "inputs.keepInput",
        (f, tf) -> tf.inputs().keepInput(f.in(true)).batch(List.of(f.any(3)), 2));
    return c;
  }
}
