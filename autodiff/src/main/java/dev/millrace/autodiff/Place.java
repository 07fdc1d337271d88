package dev.millrace.autodiff;

import dev.millrace.autodiff.Frames.Frame;
import dev.millrace.graph.Operation;
import dev.millrace.graph.Output;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Translation;
import dev.millrace.graph.UnimplementedException;
import dev.millrace.ops.Ops;

/**
 * Where the gradients of the operations of one frame are computed: those of a loop in the loop that
 * goes backward, all others in the graph itself.
 */
abstract class Place implements Translation {
  private final Ops tf;
  private final Frames frames;
  private final Frame forward;

  Place(Ops tf, Frames frames, Frame forward) {
    this.tf = tf;
    this.frames = frames;
    this.forward = forward;
  }

  /** The place of the graph itself. */
  static Place outside(Ops tf, Frames frames) {
    return new Place(tf, frames, frames.root()) {
      @Override
      Output use(Output x) {
        if (frames.outputFrame(x.op()) != frames.root()) {
          throw new UnimplementedException(
                  "'"
                      + x.name()
                      + "' lies inside of "
                      + frames.outputFrame(x.op())
                      + " and has a value in each iteration; gradients are taken of and by what"
                      + " is outside of loops")
              .at(x.op());
        }
        return x;
      }

      @Override
      public Operation pivot() {
        return null;
      }

      @Override
      FrameLoop loop() {
        return null;
      }
    };
  }

  final Ops tf() {
    return tf;
  }

  final Frames frames() {
    return frames;
  }

  /** The frame whose operations are differentiated here. */
  final Frame forward() {
    return forward;
  }

  /** Until the scope closes, operations are made in this place. */
  final Scope open() {
    return tf.graph().translating(this);
  }

  /** Until the scope closes, operations are made with the inputs that are given to them. */
  final Scope plain() {
    return tf.graph().translating(null);
  }

  /** A tensor of this place that has the value of {@code x}. */
  abstract Output use(Output x);

  /** The loop whose gradient is computed here; null outside. */
  abstract FrameLoop loop();

  /** What only looks at the shape of a value does so where the value is. */
  @Override
  public Output translate(String opType, Output x) {
    boolean shape = opType.equals("Shape") || opType.equals("Size") || opType.equals("Rank");
    return shape && loop() != null && frames.outputFrame(x.op()) == forward ? x : use(x);
  }

  /** A guard of the forward pass as it is here. */
  final Guard here(Guard g) {
    return Guard.of(use(g.predicate()), g.side());
  }
}
