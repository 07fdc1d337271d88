package dev.millrace.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The scopes of names, devices, control dependencies, colocation and gradients that are open in one
 * graph.
 */
final class OpenScopes {
  /**
   * One {@code controlDependencies} block: what its operations wait for, and those made in it so
   * far.
   */
  private record ControlFrame(Set<Operation> waitFor, Set<Operation> made) {}

  private final Graph graph;
  private final Names names;
  private String name = "";
  private DeviceSpec device = DeviceSpec.NONE;
  private List<ControlFrame> control = List.of();
  private List<Operation> colocation = List.of();
  private Map<String, String> gradients = Map.of();

  OpenScopes(Graph graph, Names names) {
    this.graph = graph;
    this.names = names;
  }

  /** Begins with the device that operations of {@code around} ask for; the rest stays empty. */
  void inherit(OpenScopes around) {
    synchronized (around.graph) {
      device = around.device;
    }
  }

  // ---- names

  Scope open(String scope) {
    synchronized (graph) {
      String before = name;
      if (scope == null || scope.isEmpty()) {
        name = "";
      } else {
        Names.checkScopeName(scope, before.isEmpty());
        name =
            scope.endsWith("/") ? scope.substring(0, scope.length() - 1) : uniqueName(scope, true);
      }
      return new Scope(name.isEmpty() ? "" : name + "/", () -> setName(before));
    }
  }

  private void setName(String n) {
    synchronized (graph) {
      name = n;
    }
  }

  String name() {
    synchronized (graph) {
      return name;
    }
  }

  String fullName(String n) {
    return name.isEmpty() ? n : name + "/" + n;
  }

  String uniqueName(String n, boolean mark) {
    synchronized (graph) {
      return names.unique(fullName(n), mark);
    }
  }

  // ---- devices

  Scope openDevice(String spec) {
    synchronized (graph) {
      DeviceSpec before = device;
      device = spec == null ? DeviceSpec.NONE : before.merge(DeviceSpec.parse(spec));
      return new Scope("", () -> setDevice(before));
    }
  }

  private void setDevice(DeviceSpec d) {
    synchronized (graph) {
      device = d;
    }
  }

  DeviceSpec device() {
    synchronized (graph) {
      return device;
    }
  }

  /** Where an operation made now goes that asks for {@code asked} itself. */
  DeviceSpec place(DeviceSpec asked) {
    DeviceSpec where = device.merge(asked);
    for (int i = colocation.size() - 1; i >= 0; i--) {
      DeviceSpec there = colocation.get(i).device();
      where = there.isEmpty() ? where : there;
    }
    return where;
  }

  // ---- control dependencies

  Scope openControl(Collection<Operation> ops) {
    synchronized (graph) {
      List<ControlFrame> before = control;
      if (ops == null) {
        control = List.of();
      } else {
        Set<Operation> waitFor = new LinkedHashSet<>();
        for (Operation op : ops) {
          if (Captures.controlOf(graph, op)) {
            waitFor.add(op);
          }
        }
        before.forEach(f -> waitFor.removeAll(f.waitFor)); // the enclosing blocks see to these
        List<ControlFrame> c = new ArrayList<>(before);
        c.add(new ControlFrame(waitFor, Collections.newSetFromMap(new IdentityHashMap<>())));
        control = c;
      }
      return new Scope("", () -> setControl(before));
    }
  }

  private void setControl(List<ControlFrame> c) {
    synchronized (graph) {
      control = c;
    }
  }

  /** Notes that {@code op} was made in the blocks that are open. */
  void made(Operation op) {
    control.forEach(f -> f.made.add(op));
  }

  /**
   * Adds what an operation of these inputs waits for. A block's dependencies are left out where an
   * input was made in the block, and so waits for them already.
   */
  void addDependencies(List<Output> inputs, Set<Operation> waits) {
    for (ControlFrame f : control) {
      boolean implied = false;
      for (Output in : inputs) {
        implied |= in != null && f.made.contains(in.op());
      }
      if (!implied) {
        for (Operation w : f.waitFor) {
          if (inputs.stream().noneMatch(in -> in != null && in.op() == w)) {
            waits.add(w);
          }
        }
      }
    }
  }

  // ---- colocation

  Scope openColocation(Operation op) {
    synchronized (graph) {
      if (op.graph() != graph && graph.isInside(op.graph())) {
        return new Scope("", () -> {}); // a body's nodes cannot name those of the graph around it
      }
      if (op.graph() != graph) {
        throw Captures.foreign(op, "'" + op.name() + "'");
      }
      List<Operation> before = colocation;
      DeviceSpec deviceBefore = device;
      List<Operation> c = new ArrayList<>(before);
      c.add(op);
      colocation = c;
      device = DeviceSpec.NONE;
      return new Scope("", () -> setColocation(before, deviceBefore));
    }
  }

  Scope ignoreColocation() {
    synchronized (graph) {
      List<Operation> before = colocation;
      DeviceSpec deviceBefore = device;
      colocation = List.of();
      return new Scope("", () -> setColocation(before, deviceBefore));
    }
  }

  private void setColocation(List<Operation> c, DeviceSpec d) {
    synchronized (graph) {
      colocation = c;
      device = d;
    }
  }

  /** The attributes of an operation made now: {@code attrs}, and the colocation groups. */
  Attrs colocated(Attrs attrs) {
    return colocation.isEmpty()
        ? attrs
        : attrs.with(Graph.COLOCATION_ATTR, AttrValue.ofStrings(colocationClasses()));
  }

  private List<String> colocationClasses() {
    Set<String> classes = new LinkedHashSet<>();
    for (Operation c : colocation) {
      List<String> groups = c.colocationGroups();
      for (String g : groups.isEmpty() ? List.of(c.name()) : groups) {
        classes.add(Graph.COLOCATION_PREFIX + g);
      }
    }
    return classes.stream().sorted().toList();
  }

  // ---- gradients

  Scope openGradients(Map<String, String> byType) {
    synchronized (graph) {
      Map<String, String> before = gradients;
      Map<String, String> all = new HashMap<>(before);
      all.putAll(byType);
      gradients = all;
      return new Scope("", () -> setGradients(before));
    }
  }

  private void setGradients(Map<String, String> byType) {
    synchronized (graph) {
      gradients = byType;
    }
  }

  /**
   * The attributes of an operation of that type made now, with the gradient function it asks for.
   */
  Attrs withGradient(String type, Attrs attrs) {
    String gradient = gradients.get(type);
    return gradient == null || attrs.has(Graph.GRADIENT_ATTR)
        ? attrs
        : attrs.with(Graph.GRADIENT_ATTR, AttrValue.of(gradient));
  }
}
