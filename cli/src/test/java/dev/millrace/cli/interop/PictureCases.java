package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Output;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import java.util.List;
import java.util.function.UnaryOperator;

/** Recorded cases of colours, image files and boxes. */
final class PictureCases {
  private PictureCases() {}

  private static TensorValue numbers(double low, double high, long... dims) {
    Shape s = Shape.of(dims);
    float[] x = new float[(int) s.numElements()];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (low + (high - low) * ((i * 37 + i * i * 11) % 101) / 100.0);
    }
    return TensorValue.wrap(DataType.FLOAT32, s, x);
  }

  static void addTo(CaseList list) {
    colours(list);
    boxes(list);
    files(list);
    list.add(
        "TopK",
        "f32",
        CaseList.producedBy(
            6, new CaseGraph(numbers(-3, 3, 3, 7)).op("TopK", b -> b.attr("k", 3))));
    list.add(
        "TopK",
        "i32",
        CaseList.producedBy(
            6, new CaseGraph(TensorValue.ofInts(3, 9, 3, 1)).op("TopK", b -> b.attr("k", 4))));
  }

  private static void colours(CaseList list) {
    TensorValue rgb = numbers(0, 1, 2, 4, 5, 3);
    TensorValue special =
        TensorValue.of(
            new float[][] {
              {0, 0, 0},
              {1, 1, 1},
              {0.5f, 0.5f, 0.2f},
              {0.2f, 0.5f, 0.5f},
              {0.5f, 0.2f, 0.5f},
              {1, 0, 0},
              {0, 1, 0},
              {0, 0, 1}
            });
    for (String type : new String[] {"RGBToHSV", "HSVToRGB"}) {
      list.op(type, "f32", rgb);
      list.op(type, "f64", CaseList.as(DataType.FLOAT64, rgb));
      list.op(type, "special", special);
      list.op(type, "one", TensorValue.ofFloats(0.25f, 0.75f, 0.5f));
    }
    for (float by : new float[] {0, 0.5f, 2, -1}) {
      String name = "by" + (by < 0 ? "m" : "") + (int) Math.abs(10 * by);
      list.op("AdjustContrastv2", name, rgb, TensorValue.of(by));
      list.op("AdjustSaturation", name, rgb, TensorValue.of(Math.abs(by)));
      list.op("AdjustHue", name, rgb, TensorValue.of(by / 2));
    }
    list.op("AdjustContrastv2", "one", numbers(-2, 2, 3, 4, 2), TensorValue.of(1.5f));
  }

  private static void boxes(CaseList list) {
    TensorValue boxes =
        TensorValue.of(
            new float[][] {
              {0, 0, 1, 1},
              {0, 0.1f, 1, 1.1f},
              {0, -0.1f, 1, 0.9f},
              {0, 10, 1, 11},
              {1, 11.1f, 0, 10.1f},
              {0, 100, 1, 101}
            });
    TensorValue scores = TensorValue.ofFloats(0.9f, 0.75f, 0.6f, 0.95f, 0.5f, 0.3f);
    TensorValue most = TensorValue.of(3);
    TensorValue all = TensorValue.of(30);
    TensorValue half = TensorValue.of(0.5f);
    TensorValue least = TensorValue.of(0.4f);
    list.op("NonMaxSuppression", "three", boxes, scores, most);
    list.op("NonMaxSuppression", "all", b -> b.attr("iou_threshold", 0.9f), boxes, scores, all);
    list.op("NonMaxSuppressionV2", "three", boxes, scores, most, half);
    list.op("NonMaxSuppressionV2", "all", boxes, scores, all, TensorValue.of(1f));
    list.op("NonMaxSuppressionV3", "three", boxes, scores, most, half, least);
    list.op("NonMaxSuppressionV3", "all", boxes, scores, all, TensorValue.of(0f), least);
    for (boolean padded : new boolean[] {false, true}) {
      UnaryOperator<dev.millrace.graph.OpBuilder> pad =
          b -> b.attr("pad_to_max_output_size", padded);
      String name = padded ? "padded" : "plain";
      list.op("NonMaxSuppressionV4", name, pad, boxes, scores, TensorValue.of(6), half, least);
      list.op(
          "NonMaxSuppressionV5",
          name,
          pad,
          boxes,
          scores,
          TensorValue.of(6),
          half,
          TensorValue.of(0f),
          TensorValue.of(0f));
      list.op(
          "NonMaxSuppressionV5",
          name + "_soft",
          pad,
          boxes,
          scores,
          TensorValue.of(6),
          TensorValue.of(1f),
          TensorValue.of(0.1f),
          half);
    }
    TensorValue images = numbers(0, 1, 2, 8, 9, 3);
    TensorValue places =
        TensorValue.of(
            new float[][][] {
              {{0.1f, 0.1f, 0.6f, 0.7f}, {0, 0, 1, 1}}, {{-0.2f, 0.3f, 0.5f, 1.4f}, {2, 2, 3, 3}}
            });
    list.op("DrawBoundingBoxes", "colours", images, places);
    list.op("DrawBoundingBoxes", "grey", numbers(0, 0.5, 2, 8, 9, 1), places);
    list.op(
        "DrawBoundingBoxesV2",
        "given",
        images,
        places,
        TensorValue.of(new float[][] {{0.5f, 0.25f, 1}}));
  }

  // ---- files

  private static TensorValue bytes(DataType t, long... dims) {
    TensorValue x = numbers(0, t == DataType.UINT8 ? 255 : 65535, dims);
    return CaseList.as(t, CaseList.as(DataType.INT32, x));
  }

  private static void files(CaseList list) {
    for (int channels = 1; channels <= 4; channels++) {
      for (DataType t : new DataType[] {DataType.UINT8, DataType.UINT16}) {
        TensorValue image = bytes(t, 5, 7, channels);
        for (int to : new int[] {0, 1, 3, 4}) {
          for (DataType as : new DataType[] {DataType.UINT8, DataType.UINT16}) {
            png(list, image, to, as);
          }
        }
      }
    }
    for (int channels : new int[] {1, 3}) {
      for (int quality : new int[] {30, 95}) {
        jpeg(list, smooth(channels), quality);
      }
    }
    byte[] bitmap = bitmap();
    TensorValue file = TensorValue.wrap(DataType.STRING, Shape.scalar(), new byte[][] {bitmap});
    list.op("DecodeBmp", "colours", file);
    list.op("DecodeBmp", "three", b -> b.attr("channels", 3), file);
    byte[] gif = animation();
    TensorValue frames = TensorValue.wrap(DataType.STRING, Shape.scalar(), new byte[][] {gif});
    list.op("DecodeGif", "frames", frames);
  }

  private static void png(CaseList list, TensorValue image, int to, DataType as) {
    CaseGraph g = new CaseGraph(image);
    Output file = g.graph().opBuilder("EncodePng", "file").input(g.input(0)).build().output(0);
    list.add(
        "DecodePng",
        image.shape().dim(2) + "_" + image.dtype() + "_to_" + to + "_" + as,
        g.outputs(
            g.graph()
                .opBuilder("DecodePng", "op")
                .input(file)
                .attr("channels", to)
                .attr("dtype", as)
                .build()));
  }

  /** A picture without sharp edges, as JPEG likes it. */
  static TensorValue smooth(int channels) {
    byte[] x = new byte[16 * 24 * channels];
    for (int i = 0; i < x.length; i++) {
      int pixel = i / channels;
      double u = pixel % 24 / 24.0;
      int row = pixel / 24;
      double v = row / 16.0;
      x[i] = (byte) (int) (128 + 100 * Math.sin(2 * u + 3 * v + i % channels));
    }
    return TensorValue.wrap(DataType.UINT8, Shape.of(16, 24, channels), x);
  }

  private static void jpeg(CaseList list, TensorValue image, int quality) {
    CaseGraph g = new CaseGraph(image);
    Output file =
        g.graph()
            .opBuilder("EncodeJpeg", "file")
            .input(g.input(0))
            .attr("quality", quality)
            .build()
            .output(0);
    Output shape = g.graph().opBuilder("ExtractJpegShape", "shape").input(file).build().output(0);
    Output pixels =
        g.graph()
            .opBuilder("DecodeJpeg", "op")
            .input(file)
            .attr("dct_method", "INTEGER_ACCURATE")
            .build()
            .output(0);
    list.add(
        "DecodeJpeg",
        "channels" + image.shape().dim(2) + "_quality" + quality,
        g.outputs(List.of(pixels, shape)));
  }

  /** Three rows of two pixels, the lowest first, each row padded to eight bytes. */
  static byte[] bitmap() {
    byte[] b = new byte[54 + 3 * 8];
    b[0] = 'B';
    b[1] = 'M';
    b[2] = (byte) b.length;
    b[10] = 54;
    b[14] = 40;
    b[18] = 2;
    b[22] = 3;
    b[26] = 1;
    b[28] = 24;
    for (int y = 0; y < 3; y++) {
      for (int i = 0; i < 6; i++) {
        b[54 + 8 * y + i] = (byte) (40 * y + 7 * i + 100);
      }
    }
    return b;
  }

  /** Two frames of two by two pixels in a palette of four colours; the second is one pixel. */
  static byte[] animation() {
    int[] b = {
      'G', 'I', 'F', '8', '9', 'a', 2, 0, 2, 0, 0x81, 0, 0, 10, 20, 30, 200, 100, 50, 0, 255, 0,
      255, 255, 255, 0x2C, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 3, 0x44, 0x34, 0x05, 0, 0x2C, 1, 0, 1, 0,
      1, 0, 1, 0, 0, 2, 2, 0x5C, 0x01, 0, 0x3B
    };
    byte[] r = new byte[b.length];
    for (int i = 0; i < r.length; i++) {
      r[i] = (byte) b[i];
    }
    return r;
  }
}
