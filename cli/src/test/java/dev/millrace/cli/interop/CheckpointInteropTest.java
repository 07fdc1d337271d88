package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.OpBuilder;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.checkpoint.BundleWriter;
import dev.millrace.graph.checkpoint.CheckpointReader;
import dev.millrace.graph.checkpoint.SliceFileWriter;
import dev.millrace.graph.checkpoint.TensorSlice;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.AttrValue;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NodeDef;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints from here to TensorFlow and back: all dtypes, parts, shards, both versions. */
class CheckpointInteropTest {
  /** Types that {@code Save} takes; TensorFlow's version 1 knows no others. */
  private static final List<DataType> VERSION_1 =
      List.of(
          DataType.FLOAT32,
          DataType.FLOAT64,
          DataType.INT32,
          DataType.UINT8,
          DataType.INT16,
          DataType.INT8,
          DataType.COMPLEX64,
          DataType.INT64,
          DataType.FLOAT16,
          DataType.STRING);

  private static final Shape FULL = Shape.of(4, 3);
  private static final TensorSlice TOP = TensorSlice.parse("0,1:-");
  private static final TensorSlice REST = TensorSlice.parse("1,3:-");

  @TempDir private Path dir;

  private final Map<String, TensorValue> values = new LinkedHashMap<>();
  private final TensorValue whole =
      TensorValue.wrap(DataType.FLOAT32, FULL, new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  private final TensorValue top =
      TensorValue.wrap(DataType.FLOAT32, Shape.of(1, 3), new float[] {0, 1, 2});
  private final TensorValue rest =
      TensorValue.wrap(DataType.FLOAT32, Shape.of(3, 3), new float[] {3, 4, 5, 6, 7, 8, 9, 10, 11});

  @BeforeEach
  void valuesOfAllTypes() {
    Random random = new Random(3);
    for (DataType t : DataType.values()) {
      if (t.isDense() || t == DataType.STRING) {
        for (Shape s : List.of(Shape.of(2, 3), Shape.scalar(), Shape.of(0))) {
          values.put("v/" + t.tfName() + "/" + s.rank() + s.numElements(), random(t, s, random));
        }
      }
    }
  }

  private static TensorValue random(DataType t, Shape s, Random random) {
    TensorValue v = TensorValue.zeros(t, s);
    Object d = v.data();
    for (int i = 0; i < Array.getLength(d); i++) {
      int x = random.nextInt(2);
      if (d instanceof byte[][] a) {
        a[i] = new byte[random.nextInt(200)];
        random.nextBytes(a[i]);
      } else if (d instanceof byte[] a) {
        a[i] = (byte) (t == DataType.BOOL ? x : random.nextInt());
      } else if (d instanceof float[] a) {
        a[i] = random.nextFloat();
      } else if (d instanceof double[] a) {
        a[i] = random.nextDouble();
      } else if (d instanceof int[] a) {
        a[i] = random.nextInt();
      } else if (d instanceof long[] a) {
        a[i] = random.nextLong();
      } else {
        ((short[]) d)[i] = (short) random.nextInt();
      }
    }
    return v;
  }

  @Test
  void whatTensorFlowReadsAndWrites() throws Exception {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the profile interop");
    Path here = dir.resolve("here/m");
    for (int i = 0; i < 2; i++) { // the second takes the place of the first
      try (BundleWriter w = new BundleWriter(here)) {
        values.forEach(w::add);
        w.addSlice("p", FULL, TOP, top);
        w.addSlice("p", FULL, REST, rest);
        w.finish();
      }
    }
    Path one = dir.resolve("here/one");
    try (SliceFileWriter w = new SliceFileWriter(one)) {
      values.forEach((name, v) -> addVersion1(w, name, v));
      w.add("p", FULL, TOP, top);
      w.add("p", FULL, REST, rest);
      w.finish();
    }
    for (int i = 0; i < 2; i++) {
      try (BundleWriter w = new BundleWriter(dir.resolve("parts/" + i))) {
        w.add("x" + i, TensorValue.of(i));
        w.addSlice("p", FULL, i == 0 ? TOP : REST, i == 0 ? top : rest);
        w.finish();
      }
    }
    Path there = dir.resolve("there/m");
    Path thereOne = dir.resolve("there-one");
    List<String> what = new ArrayList<>();
    Map<String, List<TensorValue>> got =
        TensorFlowJudge.run(
            Map.of(
                "read", bitcasts(reading(here, one, what).toGraphDef()),
                "write", writing(there, thereOne).toGraphDef()),
            dir.resolve("work"));
    List<TensorValue> read = got.get("read");
    assertThat(read).hasSameSizeAs(what);
    for (int i = 0; i < what.size(); i++) {
      assertThat(read.get(i).bytes()).as(what.get(i)).containsOnly(1);
    }
    try (CheckpointReader r = CheckpointReader.open(there)) {
      values.forEach((name, v) -> assertThat(r.read(name)).as(name).isEqualTo(v));
      assertThat(r.entry("p").slices()).containsExactlyInAnyOrder(TOP, REST);
      assertThat(r.read("p")).isEqualTo(whole);
      r.verify();
    }
    try (CheckpointReader r = CheckpointReader.open(thereOne)) {
      values.forEach(
          (name, v) -> {
            if (VERSION_1.contains(v.dtype()) && v.size() > 0) {
              assertThat(r.read(name)).as(name).isEqualTo(v);
            }
          });
      assertThat(r.read("p")).isEqualTo(whole);
    }
    try (CheckpointReader r = CheckpointReader.open(dir.resolve("merged"))) {
      assertThat(r.read("p")).isEqualTo(whole);
      assertThat(r.read("x1")).isEqualTo(TensorValue.of(1));
    }
  }

  private static void addVersion1(SliceFileWriter w, String name, TensorValue v) {
    if (VERSION_1.contains(v.dtype()) && v.size() > 0) {
      w.add(name, v.shape(), TensorSlice.all(v.shape().rank()), v);
    }
  }

  /** A graph whose outputs tell whether what it restores is what was saved. */
  private Graph reading(Path two, Path one, List<String> what) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    List<Tensor> equal = new ArrayList<>();
    List<String> names = new ArrayList<>(values.keySet());
    Operation all = restore(tf, two, names, names.stream().map(n -> "").toList(), types());
    for (int i = 0; i < names.size(); i++) {
      TensorValue v = values.get(names.get(i));
      what.add(names.get(i));
      equal.add(same(tf, tf.tensor(all.output(i)), v));
      if (VERSION_1.contains(v.dtype()) && v.size() > 0) {
        Operation r =
            tf.op("Restore", null)
                .input(tf.constant(one.toString()))
                .input(tf.constant(names.get(i)))
                .attr("dt", v.dtype())
                .build();
        what.add("version 1: " + names.get(i));
        equal.add(same(tf, tf.tensor(r.output(0)), v));
      }
    }
    List<String> slices = List.of("", "4 3 0,1:-", "4 3 1,3:-", "4 3 2,1:-", "4 3 -:-");
    List<TensorValue> want =
        List.of(
            whole,
            top,
            rest,
            TensorValue.wrap(DataType.FLOAT32, Shape.of(1, 3), new float[] {6, 7, 8}),
            whole);
    Operation parts =
        restore(
            tf,
            two,
            slices.stream().map(s -> "p").toList(),
            slices,
            slices.stream().map(s -> DataType.FLOAT32).toList());
    for (int i = 0; i < slices.size(); i++) {
      what.add("p, " + slices.get(i));
      equal.add(same(tf, tf.tensor(parts.output(i)), want.get(i)));
    }
    Operation slice =
        tf.op("RestoreSlice", null)
            .input(tf.constant(one.toString()))
            .input(tf.constant("p"))
            .input(tf.constant("4 3 0,4:-"))
            .attr("dt", DataType.FLOAT32)
            .build();
    what.add("version 1, parts");
    equal.add(same(tf, tf.tensor(slice.output(0)), whole));
    what.add("names");
    equal.add(
        tf.concat(
                0,
                tf.expandDims(name(tf, "ShardedFilename", 3, 12), 0),
                tf.expandDims(name(tf, "ShardedFilespec", 12), 0))
            .equal(tf.constant(new String[] {"m-00003-of-00012", "m-?????-of-00012"}))
            .reduceAll());
    for (int i = 0; i < equal.size(); i++) {
      tf.identity(equal.get(i)).as("out/" + i);
    }
    return graph;
  }

  private static Tensor name(Ops tf, String type, int... numbers) {
    OpBuilder b = tf.op(type, null).input(tf.constant("m"));
    for (int n : numbers) {
      b.input(tf.constant(n));
    }
    return tf.tensor(b.build().output(0));
  }

  private List<DataType> types() {
    return values.values().stream().map(TensorValue::dtype).toList();
  }

  private static Operation restore(
      Ops tf, Path prefix, List<String> names, List<String> slices, List<DataType> types) {
    return tf.op("RestoreV2", null)
        .input(tf.constant(prefix.toString()))
        .input(tf.constant(names.toArray(new String[0])))
        .input(tf.constant(slices.toArray(new String[0])))
        .attr("dtypes", dev.millrace.graph.AttrValue.ofTypes(types))
        .build();
  }

  /** Whether {@code x} has the shape and the bytes of {@code want}; a scalar bool. */
  private static Tensor same(Ops tf, Tensor x, TensorValue want) {
    Tensor w = tf.constant(want);
    Tensor shape = tf.tensor(tf.op("Shape", null).input(x).build().output(0));
    Tensor sameShape = shape.equal(tf.constant(intDims(want.shape()))).reduceAll();
    boolean plain = want.dtype() == DataType.STRING || want.dtype() == DataType.BOOL;
    Tensor elements = plain ? x.equal(w) : bytes(tf, x).equal(bytes(tf, w));
    return sameShape.logicalAnd(elements.reduceAll());
  }

  private static int[] intDims(Shape s) {
    int[] d = new int[s.rank()];
    for (int i = 0; i < d.length; i++) {
      d[i] = (int) s.dim(i);
    }
    return d;
  }

  /** Stands for a Bitcast, which {@link #bitcasts} makes of it. */
  private static Tensor bytes(Ops tf, Tensor x) {
    return tf.tensor(
        tf.op("Cast", "Bytes").input(x).attr("DstT", DataType.UINT8).build().output(0));
  }

  private static GraphDef bitcasts(GraphDef g) {
    GraphDef.Builder b = g.toBuilder();
    for (NodeDef.Builder n : b.getNodeBuilderList()) {
      if (n.getName().startsWith("Bytes")) {
        AttrValue type = n.getAttrOrThrow("DstT");
        AttrValue from = n.getAttrOrThrow("SrcT");
        n.setOp("Bitcast").clearAttr().putAttr("T", from).putAttr("type", type);
      }
    }
    return b.build();
  }

  private Graph writing(Path two, Path one) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    List<String> names = new ArrayList<>(values.keySet());
    List<Tensor> tensors = new ArrayList<>();
    values.values().forEach(v -> tensors.add(tf.constant(v)));
    List<String> slices = new ArrayList<>(names.stream().map(n -> "").toList());
    names.addAll(List.of("p", "p"));
    slices.addAll(List.of("4 3 0,1:-", "4 3 1,3:-"));
    tensors.addAll(List.of(tf.constant(top), tf.constant(rest)));
    Operation save =
        tf.op("SaveV2", null)
            .input(tf.constant(two.toString()))
            .input(tf.constant(names.toArray(new String[0])))
            .input(tf.constant(slices.toArray(new String[0])))
            .inputList(tensors)
            .build();
    List<Integer> known = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      TensorValue v = values.get(names.get(i));
      if (v == null || (VERSION_1.contains(v.dtype()) && v.size() > 0)) {
        known.add(i);
      }
    }
    Operation old =
        tf.op("SaveSlices", null)
            .input(tf.constant(one.toString()))
            .input(tf.constant(known.stream().map(names::get).toArray(String[]::new)))
            .input(tf.constant(known.stream().map(slices::get).toArray(String[]::new)))
            .inputList(known.stream().map(tensors::get).toList())
            .build();
    Operation merge =
        tf.op("MergeV2Checkpoints", null)
            .input(
                tf.constant(
                    new String[] {
                      dir.resolve("parts/0").toString(), dir.resolve("parts/1").toString()
                    }))
            .input(tf.constant(dir.resolve("merged").toString()))
            .build();
    tf.group("init", save, old, merge);
    tf.constant(true).as("out/0");
    return graph;
  }
}
