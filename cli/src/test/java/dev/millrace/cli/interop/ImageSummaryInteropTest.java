package dev.millrace.cli.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Graph;
import dev.millrace.graph.TensorValue;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.Summary;
import dev.millrace.session.Session;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Summaries of pictures hold the pixels that TensorFlow's hold. The files are packed by another
 * library, so that no recorded case can compare them. Needs the Maven profile {@code interop}.
 */
class ImageSummaryInteropTest {
  @TempDir private Path work;

  @BeforeEach
  void needsTensorFlow() {
    assumeTrue(TensorFlowJudge.isPresent(), "TensorFlow comes with the Maven profile interop");
  }

  private static GraphDef graph(Object pictures, int max, DataType cast) {
    StateGraph g = new StateGraph();
    String in = g.constant(pictures);
    String x = cast == null ? in : g.node("Cast", List.of(in), "DstT", cast);
    g.outputBytes(g.node("ImageSummary", List.of(g.constant("tag"), x), "max_images", max));
    return g.graphDef();
  }

  private static float[][][][] pictures(int channels, float low, float high) {
    Random random = new Random(channels);
    float[][][][] all = new float[2][3][4][channels];
    for (float[][][] image : all) {
      for (float[][] row : image) {
        for (float[] pixel : row) {
          for (int c = 0; c < channels; c++) {
            pixel[c] = low + random.nextFloat() * (high - low);
          }
        }
      }
    }
    return all;
  }

  @Test
  void pixelsAreTensorFlows() throws Exception {
    Map<String, GraphDef> graphs = new TreeMap<>();
    graphs.put("grey", graph(pictures(1, 0, 5), 3, null));
    graphs.put("colours", graph(pictures(3, -2, 1), 1, null));
    graphs.put("alpha", graph(pictures(4, 0, 1e-3f), 3, DataType.FLOAT64));
    graphs.put("bytes", graph(pictures(3, 0, 255), 3, DataType.UINT8));
    graphs.put("half", graph(pictures(3, -1, 4), 3, DataType.FLOAT16));
    float[][][][] bad = pictures(3, -1, 4);
    bad[0][0][0][1] = Float.NaN;
    bad[1][2][3][2] = Float.POSITIVE_INFINITY;
    graphs.put("bad", graph(bad, 3, null));
    graphs.put("nothing", graph(pictures(1, 0, 0), 3, null));
    graphs.put("tiny", graph(pictures(1, -1e-9f, 1e-9f), 3, null));
    Map<String, List<TensorValue>> wants = TensorFlowJudge.run(graphs, work);
    for (Map.Entry<String, GraphDef> e : graphs.entrySet()) {
      Graph g = new Graph();
      g.importGraphDef(e.getValue());
      TensorValue got;
      try (Session s = new Session(g)) {
        got = s.fetchValue(g.output("out/0"));
      }
      compare(e.getKey(), got.bytes(), wants.get(e.getKey()).get(0).bytes());
    }
  }

  private static void compare(String name, byte[] got, byte[] want) throws Exception {
    Summary g = Summary.parseFrom(got);
    Summary w = Summary.parseFrom(want);
    assertThat(g.getValueCount()).as(name).isEqualTo(w.getValueCount());
    for (int i = 0; i < w.getValueCount(); i++) {
      Summary.Value a = g.getValue(i);
      Summary.Value b = w.getValue(i);
      assertThat(a.getTag()).as(name).isEqualTo(b.getTag());
      assertThat(a.getImage().getColorspace()).isEqualTo(b.getImage().getColorspace());
      assertThat(a.getImage().getWidth()).isEqualTo(b.getImage().getWidth());
      assertThat(pixels(a)).as("%s, picture %d", name, i).containsExactly(pixels(b));
    }
  }

  private static int[] pixels(Summary.Value v) throws Exception {
    BufferedImage image =
        ImageIO.read(new ByteArrayInputStream(v.getImage().getEncodedImageString().toByteArray()));
    return image.getRaster().getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
  }
}
