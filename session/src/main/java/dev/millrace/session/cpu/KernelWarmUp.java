package dev.millrace.session.cpu;

import dev.millrace.session.kernel.BlockTemps;
import dev.millrace.session.kernel.Scratch;
import java.util.Arrays;

/**
 * Runs the loops that most programs are made of until the JIT has compiled them, once a process and
 * in the background: a program's first steps would otherwise be interpreted.
 */
final class KernelWarmUp implements Runnable {
  private static final String[] UNARY = {
    "Sigmoid", "Tanh", "Exp", "Log", "Relu", "Square", "Neg", "Sqrt"
  };

  private static final String[] BINARY = {
    "Mul", "Add", "Sub", "RealDiv", "Maximum", "SigmoidGrad", "TanhGrad"
  };

  /** So many calls make the JIT compile a method for good; rounds leave it time to. */
  private static final int ROUNDS = 20;

  private static final int CALLS = 100;

  private final float[] x = new float[Scratch.BLOCK];
  private final float[] y = new float[Scratch.BLOCK];
  private final float[] z = new float[Scratch.BLOCK];
  private final float[][] slots = {x, y, z};
  private final BlockTemps temps = new BlockTemps();

  private KernelWarmUp() {}

  /** Begins; returns at once. */
  static void begin() {
    Thread t = new Thread(new KernelWarmUp(), "millrace-warm-up");
    t.setDaemon(true);
    t.start();
  }

  @Override
  public void run() {
    for (int round = 0; round < ROUNDS; round++) {
      for (String op : UNARY) {
        repeat(Instruction.of(F32Instructions.unary(op)));
      }
      for (String op : BINARY) {
        repeat(Instruction.of(F32Instructions.binary(op)));
      }
      repeat(F32Optimizers::descent, 1);
      repeat(F32Optimizers::momentum, 2);
      repeat(F32Optimizers::adam, 6);
    }
  }

  private void repeat(Instruction op) {
    Arrays.fill(x, 0.5f);
    Arrays.fill(y, 0.25f);
    for (int i = 0; i < CALLS; i++) {
      op.run(x, y, null, z, Scratch.BLOCK, temps);
    }
  }

  /** Hyper-parameters of 0.5 keep every formula among plain numbers. */
  private void repeat(OptimizerRule.F32 rule, int hyperParameters) {
    double[] h = new double[hyperParameters];
    Arrays.fill(h, 0.5);
    for (int i = 0; i < CALLS; i++) {
      Arrays.fill(z, 1f); // a slot of squares
      rule.run(slots, y, h, Scratch.BLOCK);
    }
  }
}
