package dev.millrace.autodiff;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.ops.Tensor;

/**
 * The gradient with respect to one tensor or variable, or to one input of an operation. It is one
 * of four: a dense tensor; {@link IndexedSlices}, where only some rows take part; disconnected,
 * where nothing depends on the input; undefined, where the gradient exists but cannot be given,
 * which is an error as soon as somebody needs it. What {@link Gradients} returns is never
 * undefined.
 */
public final class Gradient {
  private static final Gradient DISCONNECTED = new Gradient(null, null, null);

  private final IndexedSlices slices;
  private final String undefined;
  private Tensor dense;

  private Gradient(Tensor dense, IndexedSlices slices, String undefined) {
    this.dense = dense;
    this.slices = slices;
    this.undefined = undefined;
  }

  /** A dense gradient. */
  public static Gradient of(Tensor dense) {
    if (dense == null) {
      throw new InvalidArgumentException(
          "a gradient is a tensor or Gradient.disconnected(), not null");
    }
    return new Gradient(dense, null, null);
  }

  /** A gradient that is zero outside some rows. */
  public static Gradient of(IndexedSlices slices) {
    if (slices == null) {
      throw new InvalidArgumentException(
          "a gradient is slices or Gradient.disconnected(), not null");
    }
    return new Gradient(null, slices, null);
  }

  /** Nothing depends on the input, or only in steps, as with {@code Floor}. */
  public static Gradient disconnected() {
    return DISCONNECTED;
  }

  /**
   * The gradient exists, but no function for it does.
   *
   * @param reason part of the message when the gradient is needed
   */
  public static Gradient undefined(String reason) {
    return new Gradient(null, null, reason);
  }

  /** Whether there is a value: dense or slices. */
  public boolean isConnected() {
    return dense != null || slices != null;
  }

  /** Whether the value is {@link IndexedSlices}. */
  public boolean isSparse() {
    return slices != null;
  }

  /**
   * The gradient as a tensor of its input's shape; slices are summed into one, by operations made
   * the first time.
   *
   * @throws InvalidArgumentException if there is none
   */
  public Tensor dense() {
    if (dense == null) {
      requireConnected();
      dense = slices.toDense();
    }
    return dense;
  }

  /**
   * The slices of a sparse gradient.
   *
   * @throws InvalidArgumentException unless {@link #isSparse()}
   */
  public IndexedSlices slices() {
    requireConnected();
    if (slices == null) {
      throw new InvalidArgumentException("the gradient '" + dense.name() + "' is dense");
    }
    return slices;
  }

  /** The element type of a connected gradient. */
  public DataType dtype() {
    requireConnected();
    return slices != null ? slices.values().dtype() : dense.dtype();
  }

  /** Null unless this is undefined. */
  String undefinedReason() {
    return undefined;
  }

  private void requireConnected() {
    if (undefined != null) {
      throw new InvalidArgumentException("the gradient is not defined: " + undefined);
    }
    if (!isConnected()) {
      throw new InvalidArgumentException(
          "there is no gradient: what was differentiated does not depend on this");
    }
  }

  @Override
  public String toString() {
    if (undefined != null) {
      return "undefined: " + undefined;
    }
    return slices != null ? slices.toString() : dense != null ? dense.toString() : "disconnected";
  }
}
