/**
 * The scripts that `smd completion` prints. They only carry words to `smd __complete` and its lines back, so they stay
 * right when commands change. A line is `value<TAB>explanation`; the line `<TAB>files` asks for names of files.
 */

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof shells)[number]

/** How each shell takes its script, for the help. */
export const installation: Readonly<Record<Shell, string>> = {
  bash: "echo 'source <(smd completion bash)' >> ~/.bashrc",
  zsh: "echo 'source <(smd completion zsh)' >> ~/.zshrc",
  fish: 'smd completion fish > ~/.config/fish/completions/smd.fish',
  powershell: 'smd completion powershell >> $PROFILE',
}

/** Bash cuts words at `=` and `:`; they are put together for smd, and its answers cut again. Works from 3.2 on. */
const bash = `# Completion of smd for bash: source <(smd completion bash)
_smd() {
  local words=() word glued=0 i line value lead
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if ((\${#words[@]} > 0)) && { ((glued)) || [[ $word == [=:]* ]]; }; then
      words[\${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    [[ $word == *[=:] ]] && glued=1 || glued=0
  done
  local last=$((\${#words[@]} - 1))
  local current=\${words[last]}
  unset "words[last]"
  local quote=
  [[ $current == [\\"\\']* ]] && quote=\${current:0:1}
  current=\${current#[\\"\\']}
  current=\${current//\\\\/}
  lead=\${current%"\${current##*[=:]}"}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == $'\\tfiles' ]]; then
      compopt -o default 2>/dev/null
      return
    fi
    value=\${line%%$'\\t'*}
    value=\${value#"$lead"}
    [[ -n $quote ]] || printf -v value '%q' "$value"
    COMPREPLY+=("$value")
  done < <(smd __complete "--word=$current" -- \${words[@]+"\${words[@]}"} 2>/dev/null)
}
complete -F _smd smd
`

const zsh = `#compdef smd
# Completion of smd for zsh: source <(smd completion zsh)
_smd() {
  local line value
  local -a lines offered
  local current=\${(Q)words[CURRENT]}
  lines=("\${(@f)$(smd __complete "--word=$current" -- "\${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}")
  for line in "\${(@)lines}"; do
    [[ -z $line ]] && continue
    if [[ $line == $'\\tfiles' ]]; then
      _files
      return
    fi
    value=\${line%%$'\\t'*}
    offered+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
  done
  (( \${#offered} )) && _describe -t values 'smd' offered
}
if [[ $funcstack[1] == _smd ]]; then
  _smd "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _smd smd
fi
`

const fish = `# Completion of smd for fish: smd completion fish > ~/.config/fish/completions/smd.fish
function __smd_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct | string collect)
    for line in (smd __complete "--word=$current" -- $words[2..] 2>/dev/null)
        if test "$line" = \\tfiles
            __fish_complete_path "$current"
        else
            printf '%s\\n' $line
        end
    end
end
complete -c smd -f -a '(__smd_complete)'
`

const powershell = `# Completion of smd for PowerShell: smd completion powershell >> $PROFILE
Register-ArgumentCompleter -Native -CommandName smd -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
  & smd __complete "--word=$wordToComplete" -- @words 2>$null | ForEach-Object {
    $value, $what = $_ -split "\`t", 2
    if ($value -eq '') { return }
    if ($what -eq '') { $what = $value }
    $text = if ($value -match '[\\s''"()$;&|<>{}@#,]') { "'" + ($value -replace "'", "''") + "'" } else { $value }
    [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $what)
  }
}
`

export const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell }
