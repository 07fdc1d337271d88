package dev.millrace.session.reference;

import dev.millrace.graph.DataType;
import dev.millrace.graph.InvalidArgumentException;
import dev.millrace.graph.Shape;
import dev.millrace.graph.TensorValue;

/** Constants, placeholders, and ops that hand their input on. */
final class IdentityKernels {
  private IdentityKernels() {}

  static void register(ReferenceKernels k) {
    k.add("Const", c -> c.output(0, c.attrs().getTensor("value")));
    k.add("Placeholder", IdentityKernels::placeholder);
    k.add("PlaceholderV2", IdentityKernels::placeholder);
    for (String type :
        new String[] {
          "Identity",
          "Snapshot",
          "StopGradient",
          "PreventGradient",
          "GuaranteeConst",
          "PlaceholderWithDefault"
        }) {
      k.add(type, c -> c.output(0, c.input(0)));
    }
    k.add("IdentityN", IdentityKernels::identityN);
    k.add("CheckNumerics", IdentityKernels::checkNumerics);
    k.add("EnsureShape", IdentityKernels::ensureShape);
  }

  private static void placeholder(KernelContext c) {
    DataType t = c.attrs().getType("dtype");
    String shape = c.attrs().has("shape") ? " and shape " + c.attrs().getShape("shape") : "";
    throw new InvalidArgumentException(
        "placeholder '" + c.nodeName() + "' must be fed a value of dtype " + t + shape);
  }

  private static void identityN(KernelContext c) {
    for (int i = 0; i < c.inputCount(); i++) {
      c.output(i, c.input(i));
    }
  }

  private static void checkNumerics(KernelContext c) {
    TensorValue x = c.input(0);
    if (!x.dtype().isFloating()) {
      throw Elementwise.unsupported(c, x.dtype());
    }
    int nans = 0;
    int infinities = 0;
    for (int i = 0; i < x.size(); i++) {
      double v = x.getDouble(i);
      nans += Double.isNaN(v) ? 1 : 0;
      infinities += Double.isInfinite(v) ? 1 : 0;
    }
    if (nans + infinities > 0) {
      throw new InvalidArgumentException(
          c.attrs().getString("message")
              + " : "
              + nans
              + " NaN and "
              + infinities
              + " infinite values among the "
              + x.size()
              + " of a tensor of shape "
              + x.shape());
    }
    c.output(0, x);
  }

  private static void ensureShape(KernelContext c) {
    Shape wanted = c.attrs().getShape("shape");
    Shape is = c.input(0).shape();
    if (!wanted.isCompatibleWith(is)) {
      throw new InvalidArgumentException("shape " + is + " is not compatible with " + wanted);
    }
    c.output(0, c.input(0));
  }
}
