package dev.millrace.graph;

import dev.millrace.graph.OpDef.ArgDef;
import dev.millrace.graph.OpDef.AttrDef;
import dev.millrace.graph.OpDef.AttrKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the notation in which {@link OpDef} takes inputs, outputs and attributes. */
final class OpSpecs {
  private static final Pattern ATTR =
      Pattern.compile(
          "(\\w+)\\s*:\\s*(list\\(\\s*)?(\\{[^}]*\\}|\\w+)(\\s*\\))?\\s*(?:>=\\s*(-?\\d+))?\\s*(?:=\\s*(.+))?",
          Pattern.DOTALL);
  private static final Pattern VECTOR = Pattern.compile("(\\w+)\\[([-\\d,\\s]+)\\]");
  private static final Pattern ARG =
      Pattern.compile("(\\w+)\\s*:\\s*(?:(\\w+)\\s*\\*\\s*)?(Ref\\()?\\s*(\\w+)\\s*\\)?");

  private OpSpecs() {}

  static ArgDef arg(String spec, Map<String, AttrDef> attrs) {
    Matcher m = ARG.matcher(spec.strip());
    if (!m.matches()) {
      throw new InvalidArgumentException("cannot read '" + spec + "'");
    }
    String number = m.group(2);
    if (number != null && !attrs.containsKey(number)) {
      throw new InvalidArgumentException(
          "'" + spec + "' counts by an attribute '" + number + "' that is not there");
    }
    boolean ref = m.group(3) != null;
    String type = m.group(4);
    AttrDef a = attrs.get(type);
    if (a == null) {
      return new ArgDef(m.group(1), DataType.ofName(type), null, number, null, ref);
    }
    return a.list()
        ? new ArgDef(m.group(1), null, null, null, type, ref)
        : new ArgDef(m.group(1), null, type, number, null, ref);
  }

  static AttrDef attr(String spec) {
    Matcher m = ATTR.matcher(spec.strip());
    if (!m.matches()) {
      throw new InvalidArgumentException("cannot read '" + spec + "'");
    }
    String kindText = m.group(3);
    Set<DataType> types = null;
    Set<String> strings = null;
    AttrKind kind;
    if (kindText.startsWith("{")) {
      List<String> items =
          Arrays.stream(kindText.substring(1, kindText.length() - 1).split(",", -1))
              .map(String::strip)
              .toList();
      if (items.get(0).startsWith("'")) {
        kind = AttrKind.STRING;
        strings = new LinkedHashSet<>(items.stream().map(OpSpecs::unquote).toList());
      } else {
        kind = AttrKind.TYPE;
        types = EnumSet.noneOf(DataType.class);
        for (String i : items) {
          types.add(DataType.ofName(i));
        }
      }
    } else {
      types = typeClass(kindText);
      kind = types != null ? AttrKind.TYPE : AttrKind.valueOf(kindText.toUpperCase(Locale.ROOT));
    }
    boolean list = m.group(2) != null;
    Long minimum = m.group(5) == null ? null : Long.valueOf(m.group(5));
    AttrValue dflt = m.group(6) == null ? null : value(m.group(6).strip(), kind, list);
    return new AttrDef(m.group(1), kind, list, types, strings, minimum, dflt);
  }

  /** TensorFlow's names for sets of types. */
  private static Set<DataType> typeClass(String name) {
    Set<DataType> s = EnumSet.noneOf(DataType.class);
    for (DataType t : DataType.values()) {
      boolean in =
          switch (name) {
            case "numbertype" ->
                t.isNumeric() || (t.isQuantized() && t != DataType.QINT16 && t != DataType.QUINT16);
            case "realnumbertype" -> t.isFloating() || t.isInteger();
            case "quantizedtype" -> t.isQuantized();
            default -> false;
          };
      if (in) {
        s.add(t);
      }
    }
    return s.isEmpty() ? null : s;
  }

  private static String unquote(String s) {
    if (s.length() >= 2
        && (s.startsWith("'") || s.startsWith("\""))
        && s.charAt(s.length() - 1) == s.charAt(0)) {
      return s.substring(1, s.length() - 1);
    }
    throw new InvalidArgumentException("a string must stand in quotes: " + s);
  }

  private static AttrValue value(String text, AttrKind kind, boolean list) {
    if (list) {
      String inner = text.substring(1, text.length() - 1).strip();
      if (!text.startsWith("[") || !text.endsWith("]")) {
        throw new InvalidArgumentException("a list must stand in brackets: " + text);
      }
      if (inner.isEmpty()) {
        return new AttrValue.ListAttr(List.of());
      }
      return new AttrValue.ListAttr(
          Arrays.stream(inner.split(",", -1)).map(s -> value(s.strip(), kind, false)).toList());
    }
    return switch (kind) {
      case STRING -> AttrValue.of(unquote(text));
      case INT -> AttrValue.of(Long.parseLong(text));
      case FLOAT -> AttrValue.of(Float.parseFloat(text));
      case BOOL -> AttrValue.of(bool(text));
      case TYPE -> AttrValue.of(DataType.ofName(text));
      case SHAPE -> AttrValue.of(shape(text));
      case TENSOR -> AttrValue.of(vector(text));
      case FUNC -> throw new InvalidArgumentException("no default can be written for a " + kind);
    };
  }

  /** A vector of integers, as {@code uint8[255, 0]}. */
  private static TensorValue vector(String text) {
    Matcher m = VECTOR.matcher(text);
    if (!m.matches()) {
      throw new InvalidArgumentException("only a vector of integers can be written: " + text);
    }
    long[] numbers =
        Arrays.stream(m.group(2).split(",", -1))
            .mapToLong(n -> Long.parseLong(n.strip()))
            .toArray();
    return TensorValue.of(numbers, DataType.ofName(m.group(1)));
  }

  private static boolean bool(String text) {
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    throw new InvalidArgumentException("neither true nor false: " + text);
  }

  private static Shape shape(String text) {
    String inner = text.replaceAll("[{}\\s]", "");
    if (inner.equals("unknown_rank:true")) {
      return Shape.unknown();
    }
    if (inner.isEmpty()) {
      return Shape.scalar();
    }
    throw new InvalidArgumentException(
        "only {} and { unknown_rank: true } can be a default shape: " + text);
  }
}
