package dev.millrace.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.millrace.graph.DataType;
import dev.millrace.graph.FailedPreconditionException;
import dev.millrace.graph.Graph;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.NotFoundException;
import dev.millrace.graph.Operation;
import dev.millrace.graph.OutOfRangeException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.graph.record.RecordWriter;
import dev.millrace.ops.Io;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Queue;
import dev.millrace.ops.Reader;
import dev.millrace.ops.Table;
import dev.millrace.ops.Tensor;
import dev.millrace.proto.Example;
import dev.millrace.proto.Feature;
import dev.millrace.proto.Features;
import dev.millrace.proto.FloatList;
import dev.millrace.proto.Int64List;
import dev.millrace.proto.Summary;
import dev.millrace.session.Session;
import dev.millrace.session.SessionOptions;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables, files, examples and summaries by their methods, in both modes. */
@Timeout(60)
class DataApiTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  @TempDir private Path folder;

  private Session session(SessionOptions.Mode mode) {
    return new Session(graph, SessionOptions.builder().mode(mode).build());
  }

  @ParameterizedTest
  @EnumSource
  void tablesAreFilledByTheirInitializer(SessionOptions.Mode mode) throws Exception {
    Path words = Files.writeString(folder.resolve("words"), "the\na\nköln\n");
    Table ids = tf.lookup().indexTableFromFile(words.toString());
    Table names = tf.lookup().indexToStringTableFromFile(words.toString(), "?");
    Table letters = tf.lookup().indexTableFromTensor(new String[] {"x", "y"});
    Tensor found = ids.lookup(new String[][] {{"köln", "the"}, {"no", "a"}});
    assertThat(found.shape()).isEqualTo(Shape.of(2, 2));
    Tensor back = names.lookup(found);
    try (Session s = session(mode)) {
      assertThatThrownBy(() -> s.fetchValue(found))
          .isInstanceOf(FailedPreconditionException.class)
          .hasMessageContaining("tablesInitializer");
      Operation init = tf.tablesInitializer();
      s.run(init);
      s.run(init); // a second time is nothing
      assertThat(s.fetchValue(found)).isEqualTo(TensorValue.of(new long[][] {{2, 0}, {-1, 1}}));
      assertThat(s.fetchValue(back))
          .isEqualTo(TensorValue.of(new String[][] {{"köln", "the"}, {"?", "a"}}));
      assertThat(s.fetchValue(letters.size()).longs()).containsExactly(2);
      assertThatThrownBy(() -> s.run(letters.insert("z", 3L)))
          .isInstanceOf(UnimplementedException.class);
      Tensor wrong = tf.lookup().hashTable(new String[] {"a", "a"}, new long[] {1, 2}, 0L).size();
      assertThatThrownBy(() -> s.runner().target(tf.tablesInitializer()).fetch(wrong))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("two values for the key");
    }
  }

  @ParameterizedTest
  @EnumSource
  void mutableTablesTakeEntries(SessionOptions.Mode mode) {
    Table t = tf.lookup().mutableHashTable(DataType.STRING, DataType.FLOAT32, new float[] {0, 0});
    Operation insert = t.insert(new String[] {"a", "b"}, new float[][] {{1, 2}, {3, 4}});
    Operation remove = t.remove(new String[] {"a"});
    Tensor found = t.lookup(new String[] {"a", "b"});
    assertThat(found.shape()).isEqualTo(Shape.of(2, 2));
    List<Tensor> export = t.export();
    Table dense =
        tf.lookup().mutableDenseHashTable(DataType.INT64, DataType.INT64, -1L, -10L, -11L);
    Operation reserved = dense.insert(new long[] {-10}, new long[] {1});
    try (Session s = session(mode)) {
      s.run(insert);
      s.run(remove);
      assertThat(s.fetchValue(found).toFloats()).containsExactly(0, 0, 3, 4);
      assertThat(s.fetchValue(export.get(0)).getString(0)).isEqualTo("b");
      assertThat(s.fetchValue(export.get(1)).shape()).isEqualTo(Shape.of(1, 2));
      assertThatThrownBy(() -> s.run(reserved))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("reserves");
    }
  }

  private static Feature floats(float... xs) {
    FloatList.Builder b = FloatList.newBuilder();
    for (float x : xs) {
      b.addValue(x);
    }
    return Feature.newBuilder().setFloatList(b).build();
  }

  private static Example example(float x, long... tags) {
    Int64List.Builder list = Int64List.newBuilder();
    for (long t : tags) {
      list.addValue(t);
    }
    return Example.newBuilder()
        .setFeatures(
            Features.newBuilder()
                .putFeature("x", floats(x, -x))
                .putFeature("tags", Feature.newBuilder().setInt64List(list).build()))
        .build();
  }

  @ParameterizedTest
  @EnumSource
  void examplesComeOutOfRecordFiles(SessionOptions.Mode mode) throws Exception {
    Path file = folder.resolve("examples.tfrecord");
    try (RecordWriter w = RecordWriter.create(file)) {
      w.write(example(1, 7));
      w.write(example(2));
      w.write(example(3, 8, 9));
    }
    Queue files = tf.fifoQueue(10, DataType.STRING, Shape.scalar());
    Operation enqueue = files.enqueue(file.toString());
    Operation close = files.close();
    Reader reader = tf.io().tfRecordReader();
    Reader.Item some = reader.readUpTo(files, 10L);
    Io.Parsed parsed =
        tf.io()
            .parseExample(
                some.value(),
                Map.of("x", new Io.Dense(DataType.FLOAT32, Shape.of(2))),
                Map.of("tags", DataType.INT64));
    assertThat(parsed.dense().get("x").shape()).isEqualTo(Shape.of(-1, 2));
    Io.SparseParts tags = parsed.sparse().get("tags");
    Io.Parsed one =
        tf.io()
            .parseSingleExample(
                reader.read(files).value(),
                Map.of("y", new Io.Dense(DataType.FLOAT32, Shape.scalar())),
                Map.of());
    try (Session s = session(mode)) {
      s.run(enqueue);
      var got = s.fetch(parsed.dense().get("x"), tags.indices(), tags.values(), tags.denseShape());
      assertThat(got.value(0).toFloats()).containsExactly(1, -1, 2, -2, 3, -3);
      assertThat(got.value(1)).isEqualTo(TensorValue.of(new long[][] {{0, 0}, {2, 0}, {2, 1}}));
      assertThat(got.value(2).longs()).containsExactly(7, 8, 9);
      assertThat(got.value(3).longs()).containsExactly(3, 2);
      s.run(enqueue);
      assertThatThrownBy(() -> s.fetch(one.dense().get("y")))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("feature 'y' of the example is required, but missing");
      s.run(close);
      s.run(reader.reset());
      assertThatThrownBy(() -> s.fetch(parsed.dense().get("x")))
          .isInstanceOf(OutOfRangeException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void filesThatAreNotThereAreNamed(SessionOptions.Mode mode) {
    Tensor missing = tf.io().readFile(folder.resolve("nothing").toString());
    Queue files = tf.fifoQueue(10, DataType.STRING, Shape.scalar());
    Operation enqueue = files.enqueue(folder.resolve("nothing").toString());
    Tensor line = tf.io().textLineReader().read(files).value();
    Tensor text = tf.placeholder(DataType.STRING, Shape.unknown());
    List<Tensor> csv = tf.io().decodeCsv(text, List.of(1, new float[] {}));
    try (Session s = session(mode)) {
      assertThatThrownBy(() -> s.fetchValue(missing))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("nothing");
      s.run(enqueue);
      assertThatThrownBy(() -> s.fetchValue(line))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("nothing");
      for (String bad : new String[] {"1", "1,2,3", "x,2", "1,", "\"1,2", "1,2\"", "1,2f"}) {
        assertThatThrownBy(() -> s.feed(text, bad).fetch(csv))
            .as(bad)
            .isInstanceOf(InvalidArgumentException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void summariesAreWhatTensorBoardReads(SessionOptions.Mode mode) throws Exception {
    Tensor loss;
    try (var scope = tf.scope("model")) {
      loss = tf.summary().scalar("my loss", tf.constant(0.5f));
    }
    float nan = Float.NaN;
    float[][][][] pictures = {{{{0}, {0.5f}}, {{1}, {nan}}}, {{{-2}, {0}}, {{1}, {2}}}};
    tf.summary().image("pictures", tf.constant(pictures), 2);
    tf.summary().histogram("weights", tf.constant(new float[] {1, 2, 2}));
    Tensor all = tf.summary().mergeAll();
    Tensor twice = tf.summary().merge(List.of(loss, loss));
    try (Session s = session(mode)) {
      Summary got = Summary.parseFrom(ByteString.copyFrom(s.fetchValue(all).strings()[0]));
      assertThat(got.getValueList())
          .extracting(Summary.Value::getTag)
          .containsExactly("model/my_loss", "pictures/image/0", "pictures/image/1", "weights");
      assertThat(got.getValue(0).getSimpleValue()).isEqualTo(0.5f);
      assertThat(got.getValue(3).getHisto().getNum()).isEqualTo(3);
      // The greatest number is white; a pixel that is none has the colour for those.
      assertThat(pixels(got.getValue(1))).containsExactly(0, 127, 255, 255);
      // With negative ones, 0 is in the middle.
      assertThat(pixels(got.getValue(2))).containsExactly(1, 128, 191, 255);
      assertThatThrownBy(() -> s.fetchValue(twice))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("model/my_loss");
    }
  }

  private static int[] pixels(Summary.Value v) throws Exception {
    assertThat(v.getImage().getHeight()).isEqualTo(2);
    assertThat(v.getImage().getColorspace()).isEqualTo(1);
    BufferedImage image =
        ImageIO.read(new ByteArrayInputStream(v.getImage().getEncodedImageString().toByteArray()));
    return image.getRaster().getPixels(0, 0, 2, 2, (int[]) null);
  }
}
