#!/usr/bin/env bash
# Makes every clip and clips.json anew. Run in this folder; README.md says what must be installed.
set -euo pipefail

LEVEL=-18 # dBFS RMS
BAND="highpass 200 lowpass 3400"
# Silence at either end shrinks to about 50 ms.
TRIM="silence 1 0.01 0.6% reverse silence 1 0.01 0.6% reverse pad 0.05 0.05"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p agent caller
: >"$work/manifest"

# encode NAME SPEAKER TEXT: $work/raw.wav, as spoken, to SPEAKER/NAME.ulaw
encode() {
  local name=$1 speaker=$2 text=$3
  sox "$work/raw.wav" -r 8000 -c 1 -b 16 "$work/trimmed.wav" gain -6 $BAND norm -3 $TRIM
  local rms
  rms=$(sox "$work/trimmed.wav" -n stats 2>&1 | awk '/^RMS lev dB/ {print $4}')
  sox "$work/trimmed.wav" -D -t raw -e mu-law -r 8000 -c 1 "$speaker/$name.ulaw" \
    gain -l "$(awk -v r="$rms" -v l="$LEVEL" 'BEGIN {print l - r}')"
  printf '%s\t%s\t%s\n' "$name" "$speaker" "$text" >>"$work/manifest"
}

agent() {
  printf '%s' "$2" | text2wave -eval '(voice_cmu_us_slt_arctic_hts)' -o "$work/raw.wav"
  encode "$1" agent "$2"
}

caller() {
  flite -voice rms -t "$2" -o "$work/raw.wav"
  encode "$1" caller "$2"
}

agent greeting "Hello, this is the Callbridge demo line. How can I help you?"
agent ask-people "With pleasure. For how many people?"
agent ask-time "And on which day, and at what time?"
agent checking "One moment, I will look that up for you."
agent confirm "You are booked for two on Friday at seven."
agent booked "You are booked for two on Friday at seven. Goodbye."
agent sorry "I am sorry, I did not catch that."
agent long "Before we begin, let me tell you about this evening. We have fresh fish from the harbour and live music after eight."
agent go-ahead "Of course, go ahead."
agent still-there "Are you still there?"
agent goodbye "Thank you for calling. Goodbye."

caller hello "Hello?"
caller book-table "Hello, I would like to book a table."
caller whole-booking "A table for two on Friday at seven, please."
caller two-people "For two people, please."
caller friday-seven "On Friday at seven, please."
caller thank-you-goodbye "Thank you, goodbye."
caller one-moment "Sorry, one moment."
caller voicemail "Hello, you have reached the voicemail of John. I cannot take your call now. Please leave a message after the tone."
caller screening "The person you are calling uses a screening service. Please state your name, and why you are calling."
caller menu "Welcome. For reservations, press one. For anything else, press two."

sox -n -r 8000 -c 1 -b 16 "$work/raw.wav" synth 0.5 sine 1000 fade t 0.005 0.5 0.005
sox "$work/raw.wav" -D -t raw -e mu-law -r 8000 -c 1 caller/beep.ulaw gain -15
printf 'beep\tcaller\t\n' >>"$work/manifest"

{
  echo '['
  last=$(wc -l <"$work/manifest")
  line=0
  while IFS=$'\t' read -r name speaker text; do
    line=$((line + 1))
    printf '  {"name": "%s", "speaker": "%s", "text": "%s", "durationMs": %d}%s\n' "$name" "$speaker" \
      "$text" $(($(stat -c %s "$speaker/$name.ulaw") / 8)) "$([ $line -lt "$last" ] && echo , || true)"
  done <"$work/manifest"
  echo ']'
} >clips.json
