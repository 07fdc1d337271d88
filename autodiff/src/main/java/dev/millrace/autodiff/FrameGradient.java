package dev.millrace.autodiff;

import dev.millrace.autodiff.Frames.Frame;
import dev.millrace.graph.DataType;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The gradient of a loop in the form of TensorFlow 1: a loop that goes the same steps backward,
 * with a variable for the gradient of each of the loop's variables and for the sum of those of each
 * tensor that enters and stays the same.
 */
final class FrameGradient {
  /** What the sweep around the loop knows of it. */
  interface Surroundings {
    /** Whether a gradient with respect to {@code x} is of use. */
    boolean carries(Output x);

    /** The gradients of {@code ys} with respect to {@code xs}, all of the loop's frame. */
    List<Gradient> inside(
        BackwardLoop place,
        List<Output> ys,
        List<Tensor> gradYs,
        List<Output> xs,
        List<Output> stops);
  }

  private final Surroundings outer;
  private final Ops tf;
  private final FrameLoop loop;
  private final BackwardLoop back;

  FrameGradient(Surroundings outer, Place place, Frame frame, GradientCall call) {
    this.outer = outer;
    this.tf = place.tf();
    this.loop = new FrameLoop(tf, place.frames(), frame, place.loop());
    this.back = new BackwardLoop(place, loop, call.loopName(tf.graph(), frame.name()));
  }

  /**
   * The gradients with respect to what enters the loop, by the operation that lets it in.
   *
   * @param exits those with respect to what leaves it
   */
  Map<Operation, Gradient> build(Map<Output, Gradient> exits) {
    List<FrameLoop.Variable> carried = new ArrayList<>();
    for (FrameLoop.Variable v : loop.variables()) {
      DataType t = v.value().dtype();
      if (outer.carries(v.value()) && (t.isFloating() || t.isComplex())) {
        carried.add(v);
      }
    }
    List<BackwardLoop.Variable> variables = new ArrayList<>();
    for (FrameLoop.Variable v : carried) {
      variables.add(back.variable(initial(v, exits), v.value().shape()));
    }
    List<Operation> constant = new ArrayList<>();
    List<Output> stops = new ArrayList<>();
    for (Operation e : loop.frame().enters()) {
      stops.add(e.output(0));
      if (Frames.isConstantEnter(e) && outer.carries(e.output(0))) {
        constant.add(e);
      }
    }
    loop.variables().forEach(v -> stops.add(v.value()));
    List<Output> ys = carried.stream().map(v -> v.next().input(0)).toList();
    List<Output> xs = new ArrayList<>(carried.stream().map(FrameLoop.Variable::value).toList());
    constant.forEach(e -> xs.add(e.output(0)));
    Map<Operation, Gradient> result = new LinkedHashMap<>();
    try (Scope here = back.open()) {
      List<Tensor> gradYs = variables.stream().map(BackwardLoop.Variable::value).toList();
      List<Gradient> g = outer.inside(back, ys, gradYs, xs, stops);
      for (int i = 0; i < carried.size(); i++) {
        FrameLoop.Variable v = carried.get(i);
        Tensor next =
            g.get(i).isConnected() ? g.get(i).dense() : Choices.zeros(tf, v.choice().output(1));
        result.put(v.enter(), Gradient.of(variables.get(i).next(back.use(next.asOutput()))));
      }
      for (int k = 0; k < constant.size(); k++) {
        Gradient one = g.get(carried.size() + k);
        if (one.isConnected()) {
          result.put(constant.get(k), back.sum(constant.get(k), one));
        }
      }
    }
    back.finish();
    loop.finish();
    return result;
  }

  private Tensor initial(FrameLoop.Variable v, Map<Output, Gradient> exits) {
    Output exit = loop.exit(v);
    Gradient g = exit == null ? null : exits.get(exit);
    if (g != null && g.isConnected()) {
      return g.dense();
    }
    Output like = loop.lastValue(v);
    Shape s = v.value().shape().merge(like.shape());
    return s.isFullyDefined() ? tf.zeros(v.value().dtype(), s) : Choices.zeros(tf, like);
  }
}
