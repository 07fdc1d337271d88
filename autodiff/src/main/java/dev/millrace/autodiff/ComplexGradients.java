package dev.millrace.autodiff;

import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;

/**
 * Gradients of making complex numbers and taking them apart. The gradient of a real number by a
 * complex one {@code x + iy} is that by {@code x} plus {@code i} times that by {@code y}.
 */
final class ComplexGradients {
  private ComplexGradients() {}

  static void register(GradientRegistry r) {
    r.add("Conj", Rules.of((c, g) -> c.tf().conj(g)));
    r.add("Real", Rules.of((c, g) -> c.tf().complex(g, g.zerosLike())));
    r.add("Imag", Rules.of((c, g) -> c.tf().complex(g.zerosLike(), g)));
    r.add("Complex", Rules.broadcasting((c, g) -> c.tf().real(g), (c, g) -> c.tf().imag(g)));
    r.add("ComplexAbs", Rules.of(ComplexGradients::magnitude));
    r.add("Angle", Rules.of(ComplexGradients::angle));
  }

  /** {@code g · x / |x|}, and 0 where x is 0. */
  private static Tensor magnitude(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    Tensor direction = tf.complex(g, g.zerosLike()).mul(c.x());
    return tf.divNoNan(direction, tf.complex(c.out(), c.out().zerosLike()));
  }

  /** {@code g · (-y + ix) / |x + iy|²}, which is {@code -g / (y + ix)}. */
  private static Tensor angle(GradientContext c, Tensor g) {
    Ops tf = c.tf();
    Tensor x = tf.real(c.x());
    Tensor y = tf.imag(c.x());
    Tensor turned = tf.complex(/* real= */ y, /* imag= */ x).reciprocal();
    return tf.complex(g, g.zerosLike()).neg().mul(turned);
  }
}
