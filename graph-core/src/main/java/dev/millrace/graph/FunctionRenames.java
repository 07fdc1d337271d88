package dev.millrace.graph;

import dev.millrace.proto.AttrValue.ListValue;
import dev.millrace.proto.FunctionDef;
import dev.millrace.proto.FunctionDefLibrary;
import dev.millrace.proto.GradientDef;
import dev.millrace.proto.GraphDef;
import dev.millrace.proto.NameAttrList;
import dev.millrace.proto.NodeDef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives functions of a graph to be imported other names where the graph has functions of theirs
 * already, so that graphs whose branches and loops were numbered each for itself can be put
 * together.
 */
final class FunctionRenames {
  private final Map<String, String> renamed = new LinkedHashMap<>();

  private FunctionRenames() {}

  /** {@code def} with functions that do not clash with those of {@code library}. */
  static GraphDef apply(GraphDef def, FunctionLibrary library) {
    FunctionRenames r = new FunctionRenames();
    List<FunctionDef> functions = def.getLibrary().getFunctionList();
    // A function that is there already is another one if it calls one that is renamed.
    int before = -1;
    while (r.renamed.size() > before) {
      before = r.renamed.size();
      for (FunctionDef f : functions) {
        String name = f.getSignature().getName();
        FunctionDef there = r.renamed.containsKey(name) ? null : library.find(name);
        if (there != null && !there.equals(r.rename(f))) {
          r.renamed.put(name, library.freeName(name));
        }
      }
    }
    return r.renamed.isEmpty() ? def : r.rename(def);
  }

  private String rename(String name) {
    return renamed.getOrDefault(name, name);
  }

  private GraphDef rename(GraphDef def) {
    GraphDef.Builder b = def.toBuilder().clearNode();
    def.getNodeList().forEach(n -> b.addNode(rename(n)));
    FunctionDefLibrary.Builder library = b.getLibraryBuilder().clearFunction().clearGradient();
    def.getLibrary().getFunctionList().forEach(f -> library.addFunction(rename(f)));
    for (GradientDef g : def.getLibrary().getGradientList()) {
      library.addGradient(
          GradientDef.newBuilder()
              .setFunctionName(rename(g.getFunctionName()))
              .setGradientFunc(rename(g.getGradientFunc())));
    }
    return b.build();
  }

  private FunctionDef rename(FunctionDef f) {
    FunctionDef.Builder b = f.toBuilder().clearNodeDef();
    b.getSignatureBuilder().setName(rename(f.getSignature().getName()));
    f.getNodeDefList().forEach(n -> b.addNodeDef(rename(n)));
    return b.build();
  }

  private NodeDef rename(NodeDef n) {
    NodeDef.Builder b = n.toBuilder().setOp(rename(n.getOp()));
    n.getAttrMap().forEach((name, v) -> b.putAttr(name, rename(v)));
    return b.build();
  }

  private dev.millrace.proto.AttrValue rename(dev.millrace.proto.AttrValue v) {
    dev.millrace.proto.AttrValue.Builder b = v.toBuilder();
    if (v.hasFunc()) {
      b.setFunc(rename(v.getFunc()));
    } else if (v.hasList() && v.getList().getFuncCount() > 0) {
      ListValue.Builder l = b.getListBuilder();
      for (int i = 0; i < l.getFuncCount(); i++) {
        l.setFunc(i, rename(l.getFunc(i)));
      }
    }
    return b.build();
  }

  private NameAttrList rename(NameAttrList f) {
    NameAttrList.Builder b = f.toBuilder().setName(rename(f.getName()));
    f.getAttrMap().forEach((name, v) -> b.putAttr(name, rename(v)));
    return b.build();
  }
}
