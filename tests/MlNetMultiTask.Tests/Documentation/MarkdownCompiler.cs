using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;

namespace MlNetMultiTask.Tests.Documentation;

/// <summary>Compiles a program of the documentation as a new project would: C# 14, implicit usings, nullable on, no warnings.</summary>
internal static class MarkdownCompiler
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly CSharpParseOptions _language = new(LanguageVersion.CSharp14);

    /// <summary>The assemblies that this process may load: .NET, and what these tests refer to.</summary>
    private static readonly Lazy<MetadataReference[]> _references = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))]);

    /// <summary>Writes the program; errors and warnings are said of the lines of the page.</summary>
    public static void Compile(MarkdownProgram program, string path)
    {
        // As the SDK does: an assembly may be newer than the one that another was compiled with.
        var options = new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable)
            .WithSpecificDiagnosticOptions([KeyValuePair.Create("CS1701", ReportDiagnostic.Suppress), KeyValuePair.Create("CS1702", ReportDiagnostic.Suppress)]);
        SyntaxTree[] sources = [CSharpSyntaxTree.ParseText(Merge(program), _language, encoding: Encoding.UTF8), CSharpSyntaxTree.ParseText(ImplicitUsings, _language)];
        CSharpCompilation compilation = CSharpCompilation.Create(Path.GetFileNameWithoutExtension(path), sources, _references.Value, options);
        EmitResult result = compilation.Emit(path);
        string[] problems = [.. result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Select(Describe)];
        Assert.True(problems.Length == 0, string.Join('\n', problems));
    }

    /// <summary>One program of several blocks: the using directives of all, then the statements, then the types.</summary>
    private static string Merge(MarkdownProgram program)
    {
        var usings = new StringBuilder();
        var statements = new StringBuilder();
        var types = new StringBuilder();
        foreach (MarkdownProgram.Block block in program.Code)
        {
            CompilationUnitSyntax unit = CSharpSyntaxTree.ParseText(block.Text, _language).GetCompilationUnitRoot();
            foreach (SyntaxNode node in unit.Usings.Concat<SyntaxNode>(unit.Members))
            {
                int line = block.Line + node.SyntaxTree.GetLineSpan(node.FullSpan).StartLinePosition.Line;
                StringBuilder part = node is UsingDirectiveSyntax ? usings : node is GlobalStatementSyntax ? statements : types;
                part.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"#line {line} \"{program.Page}\"").Append(node.ToFullString());
            }
        }

        return usings.Append(statements).Append(types).AppendLine().ToString();
    }

    private static string Describe(Diagnostic diagnostic)
    {
        FileLinePositionSpan place = diagnostic.Location.GetMappedLineSpan();
        return $"{place.Path}:{place.StartLinePosition.Line + 1}: {diagnostic.Id} {diagnostic.GetMessage(CultureInfo.InvariantCulture)}";
    }
}
