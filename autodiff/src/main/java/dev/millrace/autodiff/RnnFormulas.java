package dev.millrace.autodiff;

import dev.millrace.graph.Attrs;
import dev.millrace.ops.Ops;
import dev.millrace.ops.Tensor;
import java.util.List;

/**
 * What the fused recurrent cells and their gradient operations compute, written with plain
 * operations: what they are differentiated by where no gradient operation serves. Like TensorFlow's
 * gradient operations, these pass the clipping of the memory as if there were none.
 */
final class RnnFormulas {
  private RnnFormulas() {}

  /** LSTMBlockCell: i, cs, f, o, ci, co and h. */
  static List<Tensor> lstm(Ops tf, List<Tensor> in, Attrs attrs) {
    Tensor csPrev = in.get(1);
    Tensor xh = tf.concat(1, in.get(0), in.get(2));
    List<Tensor> gates = tf.split(xh.matmul(in.get(3)).add(in.get(7)), 4, 1);
    boolean peephole = attrs.getBool("use_peephole");
    Tensor i = peep(peephole, gates.get(0), csPrev, in.get(4)).sigmoid();
    Tensor ci = gates.get(1).tanh();
    Tensor forget = gates.get(2).add(attrs.getFloat("forget_bias"));
    Tensor f = peep(peephole, forget, csPrev, in.get(5)).sigmoid();
    Tensor cs = ci.mul(i).add(csPrev.mul(f));
    float clip = attrs.getFloat("cell_clip");
    if (clip > 0) {
      cs = cs.add(cs.clipByValue(-clip, clip).sub(cs).stopGradient());
    }
    Tensor co = cs.tanh();
    Tensor o = peep(peephole, gates.get(3), cs, in.get(6)).sigmoid();
    return List.of(i, cs, f, o, ci, co, co.mul(o));
  }

  private static Tensor peep(boolean peephole, Tensor gate, Tensor memory, Tensor weights) {
    return peephole ? gate.add(memory.mul(weights)) : gate;
  }

  /** LSTMBlockCellGrad: the gradients of cs_prev, of the gates, and of the three peepholes. */
  static List<Tensor> lstmGrad(Ops tf, List<Tensor> in, Attrs attrs) {
    boolean peephole = attrs.getBool("use_peephole");
    Tensor csPrev = in.get(1);
    Tensor i = in.get(8);
    Tensor f = in.get(10);
    Tensor ci = in.get(12);
    Tensor co = in.get(13);
    Tensor hGrad = in.get(15);
    Tensor o = in.get(11);
    Tensor dO = throughSigmoid(o).mul(hGrad).mul(co);
    Tensor dCs = throughTanh(co).mul(hGrad).mul(o).add(in.get(14));
    dCs = peep(peephole, dCs, dO, in.get(6));
    Tensor dCi = throughTanh(ci).mul(dCs).mul(i);
    Tensor dF = throughSigmoid(f).mul(dCs).mul(csPrev);
    Tensor dI = throughSigmoid(i).mul(dCs).mul(ci);
    Tensor dBefore = peep(peephole, peep(peephole, dCs.mul(f), dI, in.get(4)), dF, in.get(5));
    return List.of(
        dBefore,
        tf.concat(1, dI, dCi, dF, dO),
        peephole ? dI.mul(csPrev).reduceSum(0) : in.get(4).zerosLike(),
        peephole ? dF.mul(csPrev).reduceSum(0) : in.get(5).zerosLike(),
        peephole ? dO.mul(in.get(9)).reduceSum(0) : in.get(6).zerosLike());
  }

  private static Tensor throughSigmoid(Tensor y) {
    return y.mul(y.ops().sub(1, y));
  }

  private static Tensor throughTanh(Tensor y) {
    return y.ops().sub(1, y.square());
  }

  /** GRUBlockCell: r, u, c and h. */
  static List<Tensor> gru(Ops tf, List<Tensor> in) {
    Tensor x = in.get(0);
    Tensor h = in.get(1);
    List<Tensor> ru = tf.split(tf.concat(1, x, h).matmul(in.get(2)).add(in.get(4)).sigmoid(), 2, 1);
    Tensor r = ru.get(0);
    Tensor u = ru.get(1);
    Tensor c = tf.concat(1, x, h.mul(r)).matmul(in.get(3)).add(in.get(5)).tanh();
    return List.of(r, u, c, u.mul(h.sub(c)).add(c));
  }

  /** GRUBlockCellGrad: the gradients of x, of h_prev, of the candidate, and of the gates. */
  static List<Tensor> gruGrad(Ops tf, List<Tensor> in) {
    Tensor h = in.get(1);
    Tensor r = in.get(6);
    Tensor u = in.get(7);
    Tensor c = in.get(8);
    Tensor dNext = in.get(9);
    Tensor dC = dNext.mul(tf.sub(1, u)).mul(throughTanh(c));
    Tensor dU = dNext.mul(h.sub(c)).mul(throughSigmoid(u));
    List<Tensor> byC = columns(tf, dC.matmul(in.get(3), false, true), in.get(0), h);
    Tensor dR = byC.get(1).mul(h).mul(throughSigmoid(r));
    Tensor dRu = tf.concat(1, dR, dU);
    List<Tensor> byRu = columns(tf, dRu.matmul(in.get(2), false, true), in.get(0), h);
    Tensor dH = byRu.get(1).add(byC.get(1).mul(r)).add(dNext.mul(u));
    return List.of(byRu.get(0).add(byC.get(0)), dH, dC, dRu);
  }

  /** The columns of {@code both} that belong to a, and those that belong to b. */
  static List<Tensor> columns(Ops tf, Tensor both, Tensor a, Tensor b) {
    Tensor width = Shapes.of(a).get(1);
    return List.of(
        tf.slice(both, List.of(0, 0), List.of(-1, width)).setShape(a.shape()),
        tf.slice(both, List.of(0, width), List.of(-1, -1)).setShape(b.shape()));
  }
}
