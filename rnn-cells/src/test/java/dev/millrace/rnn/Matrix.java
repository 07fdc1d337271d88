package dev.millrace.rnn;

import dev.millrace.graph.TensorValue;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** A matrix of doubles: what the tests compute with by hand. A vector is one row. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Matrix(double[][] rows) {
  static Matrix of(TensorValue v) {
    int columns = (int) v.shape().dim(-1);
    double[] data = v.toDoubles();
    Matrix m = zeros(data.length / columns, columns);
    for (int i = 0; i < data.length; i++) {
      m.rows[i / columns][i % columns] = data[i];
    }
    return m;
  }

  static Matrix zeros(int rows, int columns) {
    return new Matrix(new double[rows][columns]);
  }

  int height() {
    return rows.length;
  }

  int width() {
    return rows[0].length;
  }

  Matrix map(DoubleUnaryOperator f) {
    return with(this, (x, y) -> f.applyAsDouble(x));
  }

  /** Element by element; one row serves all. */
  Matrix with(Matrix other, DoubleBinaryOperator f) {
    Matrix r = zeros(height(), width());
    for (int i = 0; i < height(); i++) {
      for (int j = 0; j < width(); j++) {
        r.rows[i][j] = f.applyAsDouble(rows[i][j], other.rows[other.height() == 1 ? 0 : i][j]);
      }
    }
    return r;
  }

  Matrix plus(Matrix other) {
    return with(other, Double::sum);
  }

  Matrix times(Matrix other) {
    return with(other, (x, y) -> x * y);
  }

  Matrix dot(Matrix other) {
    Matrix r = zeros(height(), other.width());
    for (int i = 0; i < height(); i++) {
      for (int j = 0; j < other.width(); j++) {
        for (int k = 0; k < width(); k++) {
          r.rows[i][j] += rows[i][k] * other.rows[k][j];
        }
      }
    }
    return r;
  }

  Matrix beside(Matrix other) {
    Matrix r = zeros(height(), width() + other.width());
    for (int i = 0; i < height(); i++) {
      System.arraycopy(rows[i], 0, r.rows[i], 0, width());
      System.arraycopy(other.rows[i], 0, r.rows[i], width(), other.width());
    }
    return r;
  }

  Matrix columns(int from, int to) {
    Matrix r = zeros(height(), to - from);
    for (int i = 0; i < height(); i++) {
      System.arraycopy(rows[i], from, r.rows[i], 0, to - from);
    }
    return r;
  }

  Matrix sigmoid() {
    return map(x -> 1 / (1 + Math.exp(-x)));
  }

  Matrix tanh() {
    return map(Math::tanh);
  }

  Matrix clip(double at) {
    return map(x -> Math.max(-at, Math.min(at, x)));
  }

  double[] flat() {
    double[] all = new double[height() * width()];
    for (int i = 0; i < all.length; i++) {
      all[i] = rows[i / width()][i % width()];
    }
    return all;
  }
}
