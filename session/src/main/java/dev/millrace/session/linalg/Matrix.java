package dev.millrace.session.linalg;

import java.util.Arrays;

/** A dense matrix of doubles, row by row. */
public final class Matrix {
  private final int rows;
  private final int columns;
  private final double[] values;

  /** Zeros. */
  public Matrix(int rows, int columns) {
    this(rows, columns, new double[Math.multiplyExact(rows, columns)]);
  }

  /** A matrix over {@code values} itself, which hold it row by row. */
  public Matrix(int rows, int columns, double[] values) {
    if (values.length != rows * columns) {
      throw new IllegalArgumentException(
          values.length + " numbers for " + rows + " rows of " + columns);
    }
    this.rows = rows;
    this.columns = columns;
    this.values = values;
  }

  /** Ones on the diagonal, as far as it goes. */
  public static Matrix identity(int rows, int columns) {
    Matrix m = new Matrix(rows, columns);
    for (int i = 0; i < Math.min(rows, columns); i++) {
      m.set(i, i, 1);
    }
    return m;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** The elements row by row; not a copy. */
  public double[] values() {
    return values;
  }

  public double get(int row, int column) {
    return values[row * columns + column];
  }

  public void set(int row, int column, double x) {
    values[row * columns + column] = x;
  }

  /** Adds {@code x} to an element. */
  public void add(int row, int column, double x) {
    values[row * columns + column] += x;
  }

  public Matrix copy() {
    return new Matrix(rows, columns, values.clone());
  }

  public Matrix transpose() {
    Matrix t = new Matrix(columns, rows);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        t.set(j, i, get(i, j));
      }
    }
    return t;
  }

  /** The matrix product. */
  public Matrix times(Matrix right) {
    if (columns != right.rows) {
      throw new IllegalArgumentException(columns + " columns times " + right.rows + " rows");
    }
    Matrix p = new Matrix(rows, right.columns);
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < columns; k++) {
        double f = get(i, k);
        for (int j = 0; j < right.columns; j++) {
          p.values[i * p.columns + j] += f * right.values[k * p.columns + j];
        }
      }
    }
    return p;
  }

  /** The first rows and columns. */
  public Matrix corner(int firstRows, int firstColumns) {
    Matrix m = new Matrix(firstRows, firstColumns);
    for (int i = 0; i < firstRows; i++) {
      System.arraycopy(values, i * columns, m.values, i * firstColumns, firstColumns);
    }
    return m;
  }

  /** Row {@code order[i]} of this as row i. */
  public Matrix pickRows(int[] order) {
    Matrix m = new Matrix(order.length, columns);
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(values, order[i] * columns, m.values, i * columns, columns);
    }
    return m;
  }

  /** Column {@code order[j]} of this as column j. */
  public Matrix pickColumns(int[] order) {
    return transpose().pickRows(order).transpose();
  }

  void swapRows(int i, int j) {
    for (int k = 0; k < columns; k++) {
      double t = get(i, k);
      set(i, k, get(j, k));
      set(j, k, t);
    }
  }

  /** The inner product of two columns. */
  double dot(int column, int other) {
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      sum += get(i, column) * get(i, other);
    }
    return sum;
  }

  /** Turns two columns by an angle: {@code (x, y)} becomes {@code (c x - s y, s x + c y)}. */
  void rotateColumns(int column, int other, double c, double s) {
    for (int i = 0; i < rows; i++) {
      double x = get(i, column);
      double y = get(i, other);
      set(i, column, c * x - s * y);
      set(i, other, s * x + c * y);
    }
  }

  @Override
  public String toString() {
    return rows + " x " + columns + " " + Arrays.toString(values);
  }
}
