package dev.millrace.session.cpu;

import java.util.Map;

/**
 * The instructions of gradient ops on doubles: of the derivative of the result and what the forward
 * op gave or took, in the order of the ops' inputs.
 */
final class F64DerivativeInstructions {
  private F64DerivativeInstructions() {}

  static void addTo(Map<String, Binary> all) {
    all.put(
        "TanhGrad",
        Binary.f64(
            0.4,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] * (1 - x[i] * x[i]);
              }
            }));
    all.put(
        "SigmoidGrad",
        Binary.f64(
            0.4,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] * x[i] * (1 - x[i]);
              }
            }));
    all.put(
        "ReciprocalGrad",
        Binary.f64(
            0.4,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] == 0 ? 0 : -y[i] * x[i] * x[i];
              }
            }));
    all.put("InvGrad", all.get("ReciprocalGrad"));
    all.put(
        "SqrtGrad",
        Binary.f64(
            0.6,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] == 0 ? 0 : 0.5 * y[i] / x[i];
              }
            }));
    all.put(
        "RsqrtGrad",
        Binary.f64(
            0.6,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] == 0 ? 0 : -0.5 * y[i] * x[i] * x[i] * x[i];
              }
            }));
    all.put("ReluGrad", Binary.i64(0.6, DoubleDerivatives::relu));
    all.put(
        "Relu6Grad",
        Binary.f64(
            1,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] * (y[i] > 0 && y[i] < 6 ? 1 : 0);
              }
            }));
    all.put(
        "EluGrad",
        Binary.f64(
            0.8,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = y[i] < 0 ? (y[i] + 1) * x[i] : x[i];
              }
            }));
    all.put(
        "SeluGrad",
        Binary.f64(
            0.8,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] =
                    y[i] < 0
                        ? x[i] * (y[i] + F64Instructions.SELU_SCALE * F64Instructions.SELU_ALPHA)
                        : x[i] * F64Instructions.SELU_SCALE;
              }
            }));
    all.put(
        "SoftplusGrad",
        Binary.f64(
            18,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] / (Math.exp(-y[i]) + 1);
              }
            }));
    all.put(
        "SoftsignGrad",
        Binary.f64(
            0.6,
            (x, y, z, n) -> {
              for (int i = 0; i < n; i++) {
                z[i] = x[i] / (1 + Math.abs(y[i])) / (1 + Math.abs(y[i]));
              }
            }));
  }
}
