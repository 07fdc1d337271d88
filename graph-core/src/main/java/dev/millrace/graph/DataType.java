package dev.millrace.graph;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The element types of TensorFlow 1.15, with TensorFlow's numbers and names.
 *
 * <p>Every type can appear in a graph; which of them a kernel computes with is the kernel's affair.
 */
public enum DataType {
  FLOAT32(1, "float", 4, Kind.FLOAT),
  FLOAT64(2, "double", 8, Kind.FLOAT),
  INT32(3, "int32", 4, Kind.SIGNED),
  UINT8(4, "uint8", 1, Kind.UNSIGNED),
  INT16(5, "int16", 2, Kind.SIGNED),
  INT8(6, "int8", 1, Kind.SIGNED),
  STRING(7, "string", 0, Kind.OTHER),
  COMPLEX64(8, "complex64", 8, Kind.COMPLEX),
  INT64(9, "int64", 8, Kind.SIGNED),
  BOOL(10, "bool", 1, Kind.OTHER),
  QINT8(11, "qint8", 1, Kind.QUANTIZED),
  QUINT8(12, "quint8", 1, Kind.QUANTIZED),
  QINT32(13, "qint32", 4, Kind.QUANTIZED),
  BFLOAT16(14, "bfloat16", 2, Kind.FLOAT),
  QINT16(15, "qint16", 2, Kind.QUANTIZED),
  QUINT16(16, "quint16", 2, Kind.QUANTIZED),
  UINT16(17, "uint16", 2, Kind.UNSIGNED),
  COMPLEX128(18, "complex128", 16, Kind.COMPLEX),
  FLOAT16(19, "half", 2, Kind.FLOAT),
  RESOURCE(20, "resource", 0, Kind.OTHER),
  VARIANT(21, "variant", 0, Kind.OTHER),
  UINT32(22, "uint32", 4, Kind.UNSIGNED),
  UINT64(23, "uint64", 8, Kind.UNSIGNED);

  /** TensorFlow's offset between a type's number and that of a reference to it. */
  public static final int REF_OFFSET = 100;

  private enum Kind {
    FLOAT,
    SIGNED,
    UNSIGNED,
    COMPLEX,
    QUANTIZED,
    OTHER
  }

  private static final Map<Integer, DataType> BY_NUMBER = new HashMap<>();
  private static final Map<String, DataType> BY_NAME = new HashMap<>();

  static {
    for (DataType t : values()) {
      BY_NUMBER.put(t.number, t);
      BY_NAME.put(t.tfName, t);
    }
    BY_NAME.put("float32", FLOAT32);
    BY_NAME.put("float64", FLOAT64);
    BY_NAME.put("float16", FLOAT16);
  }

  private final int number;
  private final String tfName;
  private final int size;
  private final Kind kind;

  DataType(int number, String tfName, int size, Kind kind) {
    this.number = number;
    this.tfName = tfName;
    this.size = size;
    this.kind = kind;
  }

  /** TensorFlow's number for the type in protocol buffers ({@code DT_FLOAT} is 1). */
  public int number() {
    return number;
  }

  /** TensorFlow's short name: {@code float}, {@code double}, {@code int32}, {@code half}. */
  public String tfName() {
    return tfName;
  }

  /** Bytes an element takes in a dense tensor; 0 for strings, resources and variants. */
  public int size() {
    return size;
  }

  /** Real floating point: float32, float64, half and bfloat16. */
  public boolean isFloating() {
    return kind == Kind.FLOAT;
  }

  /** Signed or unsigned integers (quantised types are not integers, as in TensorFlow). */
  public boolean isInteger() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
  }

  public boolean isUnsigned() {
    return kind == Kind.UNSIGNED;
  }

  public boolean isComplex() {
    return kind == Kind.COMPLEX;
  }

  public boolean isQuantized() {
    return kind == Kind.QUANTIZED;
  }

  /**
   * Integers, reals and complex numbers, but not quantised types: TensorFlow's {@code numbertype}
   * less those.
   */
  public boolean isNumeric() {
    return isFloating() || isInteger() || isComplex();
  }

  /** Types through which gradients flow: floating point, complex, resources and variants. */
  public boolean isDifferentiable() {
    return isFloating() || isComplex() || this == RESOURCE || this == VARIANT;
  }

  /** Elements of a fixed number of bytes, kept side by side. */
  public boolean isDense() {
    return size > 0;
  }

  /**
   * The type with TensorFlow's number {@code number}; a reference type's number gives its base
   * type.
   *
   * @throws InvalidArgumentException if no type has that number
   */
  public static DataType ofNumber(int number) {
    DataType t = BY_NUMBER.get(number > REF_OFFSET ? number - REF_OFFSET : number);
    if (t == null) {
      throw new InvalidArgumentException("no data type has the number " + number);
    }
    return t;
  }

  /**
   * The type of that name: TensorFlow's short name, {@code float32}, {@code DT_FLOAT}, in any case.
   *
   * @throws InvalidArgumentException if no type has that name
   */
  public static DataType ofName(String name) {
    String n = name.toLowerCase(Locale.ROOT);
    DataType t = BY_NAME.get(n.startsWith("dt_") ? n.substring(3) : n);
    if (t == null) {
      throw new InvalidArgumentException("no data type is called '" + name + "'");
    }
    return t;
  }

  /** The name that TensorFlow's Python prints: {@code float32}, {@code float64}, {@code int32}. */
  @Override
  public String toString() {
    return switch (this) {
      case FLOAT32 -> "float32";
      case FLOAT64 -> "float64";
      case FLOAT16 -> "float16";
      default -> tfName;
    };
  }
}
