package dev.millrace.train;

import dev.millrace.autodiff.Gradient;
import dev.millrace.autodiff.IndexedSlices;
import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Operand;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Bounds gradients, so that single steps do not throw a training off its path. */
public final class Clipping {
  private Clipping() {}

  /**
   * Gradients scaled together.
   *
   * @param gradients in the order given; disconnected ones stay so, slices keep their indices
   * @param globalNorm the norm before clipping, a scalar
   */
  public record Clipped(List<Gradient> gradients, Tensor globalNorm) {}

  /** Every element, put between the bounds. */
  public static Tensor byValue(Tensor t, Object min, Object max) {
    return t.clipByValue(min, max);
  }

  /**
   * {@code t}, scaled down to the Euclidean norm {@code clipNorm} where its norm is larger.
   *
   * @param clipNorm a number or a scalar tensor, positive
   * @param axes over which norms are taken; none for one norm of the whole tensor
   */
  public static Tensor byNorm(Tensor t, Object clipNorm, int... axes) {
    return t.ops().clipByNorm(t, number(t.ops(), clipNorm, t.dtype()), axes);
  }

  /**
   * {@code t}, scaled down where its Euclidean norm divided by its number of elements is above
   * {@code clipNorm}, to that.
   *
   * @param clipNorm a number or a scalar tensor, positive
   */
  public static Tensor byAverageNorm(Tensor t, Object clipNorm) {
    Tensor bound = number(t.ops(), clipNorm, t.dtype());
    Tensor elements = t.sizeTensor().cast(t.dtype());
    Tensor inverse = t.square().reduceSum().rsqrt().mul(elements);
    return t.mul(bound).mul(inverse.minimum(bound.reciprocal()));
  }

  /**
   * The Euclidean norm of all gradients as one vector, a scalar; of slices, the values count as
   * they are, and not the sums of those with the same index.
   *
   * @throws InvalidArgumentException if no gradient is connected
   */
  public static Tensor globalNorm(List<Gradient> gradients) {
    List<Tensor> halves = new ArrayList<>();
    for (Gradient g : gradients) {
      if (g.isConnected()) {
        Tensor values = values(g);
        Tensor half = values.ops().l2Loss(values);
        halves.add(halves.isEmpty() ? half : Optimizer.as(half, halves.get(0).dtype()));
      }
    }
    if (halves.isEmpty()) {
      throw new InvalidArgumentException("there is no connected gradient to take the norm of");
    }
    return halves.get(0).ops().addN(halves).mul(2).sqrt();
  }

  /**
   * All gradients, scaled down by one factor so that their global norm is at most {@code clipNorm}
   * (<a href="https://arxiv.org/abs/1211.5063">Pascanu et al., 2012</a>). If the norm is not
   * finite, every gradient becomes NaN, so that what went wrong does not stay hidden.
   *
   * @param clipNorm a number or a scalar tensor, positive
   */
  public static Clipped byGlobalNorm(List<Gradient> gradients, Object clipNorm) {
    return byGlobalNorm(gradients, clipNorm, globalNorm(gradients));
  }

  /** As {@link #byGlobalNorm(List, Object)}, with the norm known already. */
  public static Clipped byGlobalNorm(List<Gradient> gradients, Object clipNorm, Tensor norm) {
    Ops tf = norm.ops();
    Tensor bound = number(tf, clipNorm, norm.dtype());
    Tensor finite = bound.mul(norm.reciprocal().minimum(bound.reciprocal()));
    Tensor scale = tf.where(norm.isFinite(), finite, tf.constant(Double.NaN, norm.dtype()));
    List<Gradient> clipped = new ArrayList<>();
    for (Gradient g : gradients) {
      clipped.add(g.isConnected() ? scaled(g, scale) : g);
    }
    return new Clipped(List.copyOf(clipped), norm);
  }

  /** What an optimizer computed, clipped by the global norm, for it to apply. */
  public static List<GradientAndVariable> gradientsByGlobalNorm(
      List<GradientAndVariable> gradients, Object clipNorm) {
    List<Gradient> clipped =
        byGlobalNorm(gradients.stream().map(GradientAndVariable::gradient).toList(), clipNorm)
            .gradients();
    List<GradientAndVariable> result = new ArrayList<>();
    for (int i = 0; i < clipped.size(); i++) {
      result.add(new GradientAndVariable(clipped.get(i), gradients.get(i).variable()));
    }
    return List.copyOf(result);
  }

  private static Gradient scaled(Gradient g, Tensor scale) {
    Tensor by = Optimizer.as(scale, g.dtype());
    if (!g.isSparse()) {
      return Gradient.of(g.dense().mul(by));
    }
    IndexedSlices s = g.slices();
    return Gradient.of(new IndexedSlices(s.values().mul(by), s.indices(), s.denseShape()));
  }

  private static Tensor values(Gradient g) {
    return g.isSparse() ? g.slices().values() : g.dense();
  }

  private static Tensor number(Ops tf, Object value, DataType dtype) {
    Object x = Optimizer.requireNumberOrTensor(value, "the norm to clip by");
    return x instanceof Number
        ? tf.constant(x, dtype)
        : Optimizer.as(tf.tensor((Operand) x), dtype);
  }
}
