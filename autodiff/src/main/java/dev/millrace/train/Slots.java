package dev.millrace.train;

import dev.millrace.graph.DataType;
import dev.millrace.graph.Operand;
import dev.millrace.graph.Scope;
import dev.millrace.graph.Shape;
import dev.millrace.ops.Initializer;
import dev.millrace.ops.Initializers;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import dev.millrace.ops.Variable;
import dev.millrace.ops.VariableBuilder;
import dev.millrace.ops.VariableSlice;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Makes the variables that are kept beside others: optimizers' slots, and averages. */
final class Slots {
  private Slots() {}

  /**
   * {@code <variable>/<op>}, of the variable's shape and dtype, not trained itself.
   *
   * @param initializer gives every element the same value where the shape is not fully known
   */
  static Variable create(Ops tf, Variable primary, String op, Initializer initializer) {
    Shape shape = primary.shape();
    try (Scope where = tf.colocateWith(primary.handle())) {
      return make(
          tf,
          primary.name(),
          op,
          primary.slice(),
          b -> {
            b.reference(primary.isReference());
            if (shape.isFullyDefined()) {
              b.initializer(initializer).shape(shape).dtype(primary.dtype());
            } else {
              b.initialValue(filled(tf, primary, initializer)).validateShape(false).shape(shape);
            }
          });
    }
  }

  private static Supplier<Tensor> filled(Ops tf, Variable like, Initializer initializer) {
    return () ->
        tf.fill(
            like.initialValue().shapeTensor(),
            initializer.initialize(tf, Shape.scalar(), like.dtype()));
  }

  /** {@code <variable>/<op>}, which begins as the variable does. */
  static Variable copy(Ops tf, Variable primary, String op) {
    try (Scope where = tf.colocateWith(primary.handle())) {
      return make(
          tf,
          primary.name(),
          op,
          primary.slice(),
          b -> b.initialValue(primary.initialValue()).reference(primary.isReference()));
    }
  }

  /** {@code <tensor>/<op>}, of the tensor's shape and dtype, which begins with 0. */
  static Variable zeros(Ops tf, Operand primary, String op) {
    Shape shape = primary.asOutput().shape();
    DataType dtype = primary.asOutput().dtype();
    return make(
        tf,
        primary.asOutput().op().name(),
        op,
        null,
        b -> {
          if (shape.isFullyDefined()) {
            b.initializer(Initializers.zeros()).shape(shape).dtype(dtype);
          } else {
            b.initialValue(tf.zerosLike(primary)).validateShape(false).shape(shape);
          }
        });
  }

  /**
   * As TensorFlow does, opens a variable scope of the slot's name, which is made unique in the open
   * variable scope; the name scope that is open plays no part in a variable's name.
   *
   * @param slice of the primary variable, if it is a part of a whole: the slot then is, too
   */
  private static Variable make(
      Ops tf, String primary, String op, VariableSlice slice, Consumer<VariableBuilder> what) {
    String around = tf.currentVariableScope().name();
    String fullName;
    try (var scope = tf.variableScope(null, primary + "/" + op)) {
      fullName = scope.name();
    }
    // What a step waits for has nothing to do with initial values.
    try (Scope root = tf.scope(null);
        Scope free = tf.clearControlDependencies()) {
      VariableBuilder b = tf.newVariable(free(tf, fullName)).trainable(false);
      what.accept(b);
      if (slice != null) {
        int skipped = (around.isEmpty() ? 0 : around.length() + 1) + primary.length();
        String whole = slice.fullName() + fullName.substring(skipped);
        b.slice(new VariableSlice(whole, slice.fullShape(), slice.offset(), slice.shape()));
      }
      return b.build();
    }
  }

  /** The scope of that name is open to its variable, unless an operation has taken the name. */
  private static String free(Ops tf, String fullName) {
    return tf.graph().findOperation(fullName) == null ? fullName + "/" : fullName;
  }
}
