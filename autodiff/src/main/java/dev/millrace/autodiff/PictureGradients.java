package dev.millrace.autodiff;

import static dev.millrace.autodiff.Rules.NONE;

import dev.millrace.graph.DataType;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Gradients of colours, and of the loss of sequences without alignment. */
final class PictureGradients {
  private PictureGradients() {}

  static void register(GradientRegistry r) {
    r.add("RGBToHSV", Rules.of(PictureGradients::toHsv));
    for (String type :
        new String[] {
          "HSVToRGB",
          "AdjustContrastv2",
          "AdjustHue",
          "AdjustSaturation",
          "DrawBoundingBoxes",
          "DrawBoundingBoxesV2"
        }) {
      r.undefined(type, "TensorFlow 1.15 has no gradient of it either");
    }
    for (String type :
        new String[] {"DecodePng", "DecodeJpeg", "DecodeBmp", "DecodeGif", "ExtractJpegShape"}) {
      r.notDifferentiable(type, "it is computed from a file");
    }
    for (String type : new String[] {"EncodePng", "EncodeJpeg"}) {
      r.notDifferentiable(type, "its result is a file");
    }
    for (String version : new String[] {"", "V2", "V3", "V4", "V5"}) {
      r.notDifferentiable("NonMaxSuppression" + version, "it chooses boxes");
    }
    r.add("CTCLoss", Rules.of(PictureGradients::ctc, NONE, NONE, NONE));
    for (String type : new String[] {"CTCGreedyDecoder", "CTCBeamSearchDecoder"}) {
      r.notDifferentiable(type, "it chooses labels");
    }
  }

  /** The op has computed the gradient with the loss; once more is not possible. */
  private static Tensor ctc(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    Tensor own =
        Build.of(
            tf,
            tf.op("PreventGradient", null)
                .input(c.output(1))
                .attr("message", "the gradient of CTCLoss cannot be differentiated again"));
    return g.expandDims(-1).mul(own);
  }

  /** With 0 where there is no hue, or no saturation; where two are the greatest, the first is. */
  private static Tensor toHsv(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    DataType t = c.x().dtype();
    List<Tensor> rgb = tf.unstack(c.x(), 3, -1);
    List<Tensor> to = tf.unstack(g, 3, -1);
    Tensor max = tf.maximum(rgb.get(0), tf.maximum(rgb.get(1), rgb.get(2)));
    Tensor min = tf.minimum(rgb.get(0), tf.minimum(rgb.get(1), rgb.get(2)));
    List<Tensor> greatest = first(tf, rgb, max, t);
    List<Tensor> least = first(tf, rgb, min, t);
    Tensor range = max.sub(min);
    Tensor turn = tf.zerosLike(max);
    for (int k = 0; k < 3; k++) {
      Tensor difference = rgb.get((k + 1) % 3).sub(rgb.get((k + 2) % 3));
      turn = turn.add(greatest.get(k).mul(difference));
    }
    List<Tensor> r = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      Tensor up = greatest.get(k);
      Tensor down = least.get(k);
      // The hue is (next - one after) / range, by the greatest one.
      Tensor sign = greatest.get((k + 2) % 3).sub(greatest.get((k + 1) % 3));
      Tensor ofRange = up.sub(down);
      Tensor hue =
          tf.divNoNan(sign, range).sub(tf.divNoNan(turn.mul(ofRange), range.square())).div(6);
      Tensor saturation = tf.divNoNan(up.mul(min), max.square()).sub(tf.divNoNan(down, max));
      r.add(to.get(0).mul(hue).add(to.get(1).mul(saturation)).add(to.get(2).mul(up)));
    }
    return tf.stack(r, -1);
  }

  /** 1 for the first channel that is equal to {@code which}, 0 for the others. */
  private static List<Tensor> first(Ops tf, List<Tensor> rgb, Tensor which, DataType t) {
    Tensor r = tf.equal(rgb.get(0), which).cast(t);
    Tensor g = tf.equal(rgb.get(1), which).cast(t).mul(r.neg().add(1));
    return List.of(r, g, r.add(g).neg().add(1));
  }
}
