package dev.millrace.cli.interop;

import static dev.millrace.cli.interop.StateGraph.shapes;
import static dev.millrace.cli.interop.StateGraph.types;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorProtos;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.record.Compression;
import dev.millrace.graph.record.RecordWriter;
import dev.millrace.proto.AttrValue;
import dev.millrace.proto.GraphDef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/** Cases of files, readers, and of strings made into tensors. Files lie below {@code target}. */
final class ReaderCases {
  private static final DataType STRING = DataType.STRING;
  private static final DataType I64 = DataType.INT64;
  private static final String FOLDER = "target/cases/";

  private static final int LAST_WITH_OLD_READERS = 25;

  private static final Set<String> REMOVED =
      Set.of("IdentityReader", "ReaderReadUpTo", "TFRecordReader", "TextLineReader");

  private final CaseList cases;

  private ReaderCases(CaseList cases) {
    this.cases = cases;
  }

  static void addTo(CaseList cases) {
    ReaderCases r = new ReaderCases(cases);
    r.files();
    for (String v : new String[] {"", "V2"}) {
      r.readers(v);
      r.state(v);
    }
    r.fixed();
    r.decoding();
    r.csv();
    r.tensors();
  }

  private void add(String type, String variant, Consumer<StateGraph> build) {
    StateGraph g = new StateGraph();
    build.accept(g);
    GraphDef graph = g.graphDef();
    boolean removed = REMOVED.contains(type);
    cases.add(type, variant, removed ? CaseList.producedBy(LAST_WITH_OLD_READERS, graph) : graph);
  }

  private static byte[] utf8(String s) {
    return s.getBytes(StandardCharsets.UTF_8);
  }

  private void files() {
    add(
        "ReadFile",
        "what_was_written",
        g -> {
          String name = g.constant(FOLDER + "a/b/read.txt");
          g.step("WriteFile", List.of(name, g.bytes(new byte[] {1, 0, -1, 65})));
          g.outputBytes(g.step("ReadFile", List.of(name)));
        });
    add(
        "MatchingFiles",
        "of_two_patterns",
        g -> {
          for (String n : new String[] {"one.txt", "two.txt", "six.csv", "sub/ten.txt"}) {
            g.step("WriteFile", List.of(g.constant(FOLDER + "matching/" + n), g.bytes(utf8(n))));
          }
          String found =
              g.step(
                  "MatchingFiles",
                  List.of(
                      g.constant(
                          new String[] {
                            FOLDER + "matching/*.txt",
                            FOLDER + "matching/s?x.csv",
                            FOLDER + "matching/nothing*"
                          })));
          g.outputBytes(found);
        });
  }

  private static String queue(StateGraph g, String v, String... names) {
    String q =
        g.node(
            "FIFOQueue" + v,
            List.of(),
            "component_types",
            types(STRING),
            "shapes",
            shapes(Shape.scalar()));
    g.step("QueueEnqueueMany" + v, List.of(q, g.constant(names)), "Tcomponents", types(STRING));
    return q;
  }

  private static void file(StateGraph g, String name, byte[] contents) {
    g.step("WriteFile", List.of(g.constant(FOLDER + name), g.bytes(contents)));
  }

  private static void read(StateGraph g, String v, String reader, String queue) {
    String r = g.step("ReaderRead" + v, List.of(reader, queue));
    g.outputBytes(r);
    g.outputBytes(r + ":1");
  }

  private static void counts(StateGraph g, String v, String reader) {
    g.output(g.step("ReaderNumRecordsProduced" + v, List.of(reader)));
    g.output(g.step("ReaderNumWorkUnitsCompleted" + v, List.of(reader)));
  }

  private static byte[] records(Compression c, String... records) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = c.writing(bytes);
        RecordWriter w = new RecordWriter(out)) {
      for (String r : records) {
        w.write(utf8(r));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void readers(String v) {
    add(
        "TextLineReader" + v,
        "two_files",
        g -> {
          file(g, "lines-1" + v, utf8("title\nfirst\r\nsecond\n\nlast"));
          file(g, "lines-2" + v, utf8("title\nother\n"));
          String q = queue(g, v, FOLDER + "lines-1" + v, FOLDER + "lines-2" + v);
          String r = g.node("TextLineReader" + v, List.of(), "skip_header_lines", 1);
          for (int i = 0; i < 5; i++) {
            read(g, v, r, q);
          }
          counts(g, v, r);
        });
    for (Compression c : Compression.values()) {
      String name = "records-" + c + v;
      add(
          "TFRecordReader" + v,
          c.name().toLowerCase(Locale.ROOT),
          g -> {
            file(g, name, records(c, "one", "", "three"));
            String q = queue(g, v, FOLDER + name, FOLDER + name);
            String r =
                g.node(
                    "TFRecordReader" + v,
                    List.of(),
                    "compression_type",
                    c == Compression.NONE ? "" : c.name());
            for (int i = 0; i < 4; i++) {
              read(g, v, r, q);
            }
            counts(g, v, r);
          });
    }
    add(
        "WholeFileReader" + v,
        "two_files",
        g -> {
          file(g, "whole-1" + v, utf8("all of it"));
          file(g, "whole-2" + v, new byte[0]);
          String q = queue(g, v, FOLDER + "whole-1" + v, FOLDER + "whole-2" + v);
          String r = g.node("WholeFileReader" + v, List.of());
          read(g, v, r, q);
          read(g, v, r, q);
          counts(g, v, r);
        });
  }

  private void fixed() {
    String v = "V2"; // the kernel of the first version asks for an attribute that it does not have
    record Layout(String name, int header, int record, int footer, int hop) {}
    List<Layout> layouts =
        List.of(
            new Layout("plain", 0, 3, 0, 0),
            new Layout("framed", 2, 3, 1, 0),
            new Layout("overlapping", 1, 4, 0, 2),
            new Layout("apart", 0, 2, 1, 3));
    for (Layout l : layouts) {
      add(
          "FixedLengthRecordReader" + v,
          l.name,
          g -> {
            file(g, "fixed" + v, utf8("abcdefghijkl"));
            String q = queue(g, v, FOLDER + "fixed" + v, FOLDER + "fixed" + v);
            String r =
                g.node(
                    "FixedLengthRecordReader" + v,
                    List.of(),
                    "header_bytes",
                    l.header,
                    "record_bytes",
                    l.record,
                    "footer_bytes",
                    l.footer,
                    "hop_bytes",
                    l.hop);
            for (int i = 0; i < 6; i++) {
              read(g, v, r, q);
            }
            counts(g, v, r);
          });
    }
  }

  private void state(String v) {
    add(
        "IdentityReader" + v,
        "state_saved_and_restored",
        g -> {
          String q = queue(g, v, "x", "y", "z");
          String r = g.node("IdentityReader" + v, List.of());
          read(g, v, r, q);
          String state = g.step("ReaderSerializeState" + v, List.of(r));
          g.outputBytes(state);
          read(g, v, r, q);
          counts(g, v, r);
          g.step("ReaderRestoreState" + v, List.of(r, state));
          counts(g, v, r);
          g.step("ReaderReset" + v, List.of(r));
          counts(g, v, r);
          read(g, v, r, q);
          counts(g, v, r);
        });
    add(
        "ReaderReadUpTo" + v,
        "ends_with_a_file",
        g -> {
          file(g, "up-to-1" + v, utf8("a\nb\nc\n"));
          file(g, "up-to-2" + v, utf8("d\ne\n"));
          String q = queue(g, v, FOLDER + "up-to-1" + v, FOLDER + "up-to-2" + v);
          String r = g.node("TextLineReader" + v, List.of());
          for (long n : new long[] {2, 5, 5}) {
            String read = g.step("ReaderReadUpTo" + v, List.of(r, q, g.constant(n)));
            g.outputBytes(read);
            g.outputBytes(read + ":1");
            counts(g, v, r);
          }
        });
  }

  private void decoding() {
    byte[] some = new byte[32];
    for (int i = 0; i < some.length; i++) {
      some[i] = (byte) (i * 37 + 5);
    }
    DataType[] shown = {DataType.UINT8, DataType.INT32, I64, DataType.FLOAT32, DataType.FLOAT64};
    for (DataType t : shown) {
      for (boolean little : new boolean[] {true, false}) {
        if (t.isFloating() && !little) {
          continue;
        }
        add(
            "DecodeRaw",
            t.name().toLowerCase(Locale.ROOT) + (little ? "" : "_big_endian"),
            g -> {
              String in =
                  g.constant(
                      TensorValue.wrap(STRING, Shape.of(2), new byte[][] {some, some.clone()}));
              g.output(g.node("DecodeRaw", List.of(in), "out_type", t, "little_endian", little));
            });
      }
    }
    add(
        "DecodeRaw",
        "none",
        g -> {
          String in = g.constant(TensorValue.zeros(STRING, Shape.of(0)));
          g.output(g.node("Shape", List.of(g.node("DecodeRaw", List.of(in), "out_type", I64))));
        });
    for (Compression c : Compression.values()) {
      add(
          "DecodeCompressed",
          c.name().toLowerCase(Locale.ROOT),
          g -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (OutputStream out = c.writing(bytes)) {
              out.write(utf8("what was compressed"));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            g.outputBytes(
                g.node(
                    "DecodeCompressed",
                    List.of(g.bytes(bytes.toByteArray())),
                    "compression_type",
                    c == Compression.NONE ? "" : c.name()));
          });
    }
  }

  private void csv() {
    add(
        "DecodeCSV",
        "numbers_and_texts",
        g -> {
          String in =
              g.constant(
                  new String[] {"1,2.5,ab,7", " 3 ,-1e3,\"c,\"\"d\",8", ",,,9", "\n-4,inf,ef,10"});
          String d =
              g.node(
                  "DecodeCSV",
                  List.of(
                      in,
                      g.constant(new int[] {42}),
                      g.constant(new double[] {0.5}),
                      g.constant(new String[] {"xy"}),
                      g.constant(TensorValue.ofLongs())),
                  "OUT_TYPE",
                  types(DataType.INT32, DataType.FLOAT64, STRING, I64));
          g.output(d);
          g.output(d + ":1");
          g.output(d + ":3");
          for (int i = 0; i < 4; i++) {
            String one =
                g.node(
                    "GatherV2",
                    List.of(d + ":2", g.constant(i), g.constant(0)),
                    "Taxis",
                    DataType.INT32);
            g.outputBytes(one);
          }
        });
    add(
        "DecodeCSV",
        "selected_columns_without_quotes",
        g -> {
          String in = g.constant(new String[][] {{"1|\"2|NA|"}, {"5|\"6|7|8"}});
          String d =
              g.node(
                  "DecodeCSV",
                  List.of(in, g.constant(new int[] {3}), g.constant(new float[] {-1})),
                  "OUT_TYPE",
                  types(DataType.INT32, DataType.FLOAT32),
                  "field_delim",
                  "|",
                  "use_quote_delim",
                  false,
                  "na_value",
                  "NA",
                  "select_cols",
                  AttrValue.newBuilder()
                      .setList(AttrValue.ListValue.newBuilder().addI(2).addI(3))
                      .build());
          g.output(d);
          g.output(d + ":1");
        });
  }

  private void tensors() {
    TensorValue m = TensorValue.of(new float[][] {{1, -2}, {0.5f, 4}, {5, 6}});
    TensorValue s = TensorValue.of(new String[] {"a", "", "bc"});
    add(
        "SerializeTensor",
        "f32",
        g -> g.outputBytes(g.node("SerializeTensor", List.of(g.input(m.toJava())))));
    add(
        "SerializeTensor",
        "string",
        g -> g.outputBytes(g.node("SerializeTensor", List.of(g.constant(s)))));
    add(
        "ParseTensor",
        "f32",
        g ->
            g.output(
                g.node(
                    "ParseTensor",
                    List.of(g.bytes(TensorProtos.write(m).toByteArray())),
                    "out_type",
                    DataType.FLOAT32)));
    add(
        "ParseTensor",
        "and_back",
        g -> {
          String bytes = g.node("SerializeTensor", List.of(g.input(new long[] {3, 1, -4})));
          g.output(g.node("ParseTensor", List.of(bytes), "out_type", I64));
        });
  }
}
