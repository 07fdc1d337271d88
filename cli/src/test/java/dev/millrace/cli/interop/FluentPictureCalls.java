package dev.millrace.cli.interop;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/** Calls of what works on colours, image files and boxes. */
final class FluentPictureCalls {
  private FluentPictureCalls() {}

  static FluentCalls pictures() {
    FluentCalls c = new FluentCalls();
    c.add("images.rgbToHsv", (f, tf) -> tf.images().rgbToHsv(colours(f)));
    c.add("images.hsvToRgb", (f, tf) -> tf.images().hsvToRgb(colours(f)));
    c.add("images.adjustContrast", (f, tf) -> tf.images().adjustContrast(colours(f), 1.5f));
    c.add("images.adjustHue", (f, tf) -> tf.images().adjustHue(colours(f), 0.2f));
    c.add("images.adjustSaturation", (f, tf) -> tf.images().adjustSaturation(colours(f), 0.6f));
    c.add(
        "images.encodePng",
        (f, tf) -> tf.images().decodePng(tf.images().encodePng(picture(f)), 0, DataType.UINT8));
    c.add(
        "images.decodePng",
        (f, tf) -> tf.images().decodePng(tf.images().encodePng(picture(f)), 1, DataType.UINT16));
    c.add("images.decodeGif", (f, tf) -> tf.images().decodeGif(file(f, PictureCases.animation())));
    c.add("images.decodeBmp", (f, tf) -> tf.images().decodeBmp(file(f, PictureCases.bitmap()), 3));
    c.add(
        "images.nonMaxSuppression",
        (f, tf) -> {
          float[][] boxes = {{0, 0, 1, 1}, {0, 0.1f, 1, 1.1f}, {0, 5, 1, 6}, {0, 0, 0.9f, 1}};
          Tensor scores = f.in(new float[] {0.5f, 0.9f, 0.7f, 0.2f});
          return tf.images().nonMaxSuppression(f.in(boxes), scores, 3, 0.5f, 0.3f);
        });
    c.add(
        "images.drawBoundingBoxes",
        (f, tf) ->
            tf.images()
                .drawBoundingBoxes(
                    f.between(0, 1, 1, 8, 9, 3), f.in(new float[][][] {{{0.1f, 0.2f, 0.7f, 1}}})));
    // TensorFlow's default is a fast transform, and its encoder another one.
    c.within(0.06);
    c.add("images.encodeJpeg", (f, tf) -> throughJpeg(f, tf, 0));
    c.add("images.decodeJpeg", (f, tf) -> throughJpeg(f, tf, 1));
    return c;
  }

  private static Tensor throughJpeg(FluentCalls f, Ops tf, int channels) {
    Tensor file = tf.images().encodeJpeg(picture(f), 95);
    // Dark pixels are as far apart as light ones, so what may differ is no share of them.
    return tf.images().decodeJpeg(file, channels).cast(DataType.FLOAT32).add(128);
  }

  private static Tensor colours(FluentCalls f) {
    return f.between(0, 1, 2, 4, 3);
  }

  private static Tensor picture(FluentCalls f) {
    return f.in(PictureCases.smooth(3));
  }

  private static Tensor file(FluentCalls f, byte[] bytes) {
    return f.in(TensorValue.wrap(DataType.STRING, Shape.scalar(), new byte[][] {bytes}));
  }
}
