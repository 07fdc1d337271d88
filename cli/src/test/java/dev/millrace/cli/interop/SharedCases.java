package dev.millrace.cli.interop;
final class SharedCases { static void addTo(CaseList c) {} }
