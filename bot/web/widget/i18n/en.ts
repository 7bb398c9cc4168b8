/** Every word of the patient's chat, in English. Numbers to call come from the server. */

export const en = {
  name: "English",
  other: "中文",
  switchLanguage: "切换到中文",
  title: "Health assistant",
  pageTitle: "Health assistant chat",
  close: "Close chat",
  menu: "More options",
  newConversation: "New conversation",
  endConversation: "End this conversation",
  forget: "End and forget on this device",

  introTitle: "Hello. How can I help?",
  intro:
    "I am an automated assistant, not a nurse. I answer health questions from reviewed sources, in English or Chinese, and I can bring in a nurse at any time.",
  introEmergency: (numbers: string) => `Not for emergencies. If someone is in danger, call ${numbers} now.`,
  introPrivacy: "What you write is kept by the hospital and can be read by its nurses. Please do not write full names or ID numbers.",

  log: "Conversation",
  you: "You",
  assistant: "Assistant",
  nurseTag: "Nurse",
  nurseUnnamed: "Nurse",
  sending: "Sending…",
  sent: "Sent",
  notSent: "Not sent",
  waitingToSend: "Kept here, not sent yet",
  retry: "Try again",
  takeBack: "Edit",
  working: "The assistant is checking reviewed sources",
  newMessages: "More below",

  sources: (count: number) => (count === 1 ? "1 source" : `${count} sources`),
  source: (n: number) => `Show source ${n}`,
  opensNewTab: "opens in a new tab",
  help: "When to get help",
  notCovered: "Not in our reviewed sources",
  refused: "I can't help with that part",

  feedback: "Did this answer help?",
  helpful: "Helpful",
  notHelpful: "Not helpful",
  feedbackThanks: "Thank you.",
  feedbackSorry: "Thank you. A nurse can help you further:",

  emergencyTitle: "This could be an emergency",
  urgentTitle: "Please speak to someone today",
  call: (number: string) => `Call ${number}`,
  emergencyBar: "Emergency advice given",
  unsavedNote: "Your message is kept on this device and is sent to the hospital as soon as possible.",

  status: {
    bot: "You are talking to the automated assistant",
    queue: (position: number | null) =>
      position ? `Waiting for a nurse. You are number ${position}.` : "Waiting for a nurse.",
    queueHint: "You can go on writing. The nurse will read everything.",
    nurse: (name: string) => `${name} is reading this`,
    usual: (minutes: number) => `Lately most people waited less than ${minutes} minutes.`,
    closed: "This conversation has ended",
    closedHint: "Write again to go on with the assistant.",
  },
  talkToNurse: "Talk to a nurse",
  askedForNurse: "Asking for a nurse…",
  backToAssistant: "Back to the assistant",

  placeholder: "Write your question",
  placeholderNurse: "Write to the nurse",
  send: "Send",
  remaining: (count: number) => (count >= 0 ? `${count} characters left` : `${-count} characters too many`),
  footer: "Not for emergencies.",
  anyEmergencyNumber: "your local emergency number (999 in the UK)",

  offline: (numbers: string) =>
    `Not connected: your message is kept here and sent when the connection is back. If this is an emergency, call ${numbers}.`,
  broken: (numbers: string) =>
    `The chat cannot be shown. Please reload the page. If this is an emergency, call ${numbers}.`,
  renewed: "Your earlier conversation could not be opened, so a new one was started.",
  noStorage: "This browser does not let the chat remember the conversation. It is lost to you when you close this page.",

  errors: {
    too_long: "This message is too long. Please shorten it.",
    empty: "There is nothing to send.",
    not_allowed: "That is not possible right now.",
    too_fast: "Sending a little slower…",
    not_stored: "The hospital's server could not store this yet. Trying again…",
    other: "Something went wrong. Please try again.",
  } as Record<string, string>,

  newTitle: "Start a new conversation?",
  newText: "This device will no longer show the present one. A nurse who has it can still read it.",
  endTitle: "End this conversation?",
  endText: "You leave the queue, and nobody answers here until you write again.",
  confirmEnd: "End it",
  forgetTitle: "End and forget?",
  forgetText:
    "This removes the conversation and any unsent message from this device. The hospital keeps its own record, and a nurse who has it can still read it.",
  confirmNew: "Start new",
  confirmForget: "End and forget",
  cancel: "Cancel",
  forgottenTitle: "Forgotten on this device",
  forgottenText: "Nothing of the conversation is left in this browser.",
};

export type Texts = typeof en;
