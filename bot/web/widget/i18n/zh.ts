/** 患者对话页面的全部中文文字。急救电话号码由服务器提供。 */

import type { Texts } from "./en";

export const zh: Texts = {
  name: "中文",
  other: "English",
  switchLanguage: "Switch to English",
  title: "健康助手",
  pageTitle: "健康助手对话",
  close: "关闭对话",
  menu: "更多选项",
  newConversation: "开始新对话",
  forget: "结束并从本设备清除",

  introTitle: "您好，有什么可以帮您？",
  intro: "我是自动助手，不是护士。我依据经过审核的资料，用中文或英文回答健康问题，也可以随时为您转接护士。",
  introEmergency: (numbers) => `不用于急救。如有人处于危险中，请立即拨打 ${numbers}。`,
  introPrivacy: "您写的内容由医院保存，护士可以看到。请不要填写完整姓名或身份证号码。",

  log: "对话内容",
  you: "您",
  assistant: "助手",
  nurseTag: "护士",
  nurseUnnamed: "护士",
  sending: "发送中…",
  sent: "已发送",
  notSent: "未发送",
  waitingToSend: "已保存在此，尚未发送",
  retry: "重试",
  takeBack: "修改",
  working: "助手正在查阅经过审核的资料",
  newMessages: "下面还有",

  sources: (count) => `${count} 个资料来源`,
  source: (n) => `查看来源 ${n}`,
  opensNewTab: "在新标签页打开",
  help: "什么时候要就医",
  notCovered: "审核过的资料中没有这方面内容",
  refused: "这一点我不能帮您",

  emergencyTitle: "这可能是紧急情况",
  urgentTitle: "请在今天之内就诊或咨询",
  call: (number) => `拨打 ${number}`,
  emergencyBar: "已给出急救建议",
  unsavedNote: "您的消息已保存在本设备上，会尽快发送给医院。",

  status: {
    bot: "正在与您对话的是自动助手",
    queue: (position) => (position ? `正在等候护士，您排在第 ${position} 位。` : "正在等候护士。"),
    queueHint: "您可以继续写，护士会看到全部内容。",
    nurse: (name) => `${name}正在看这段对话`,
    closed: "本次对话已结束",
  },
  talkToNurse: "转接护士",
  askedForNurse: "正在联系护士…",
  backToAssistant: "返回自动助手",

  placeholder: "请写下您的问题",
  placeholderNurse: "给护士留言",
  send: "发送",
  remaining: (count) => (count >= 0 ? `还可输入 ${count} 个字` : `超出 ${-count} 个字`),
  footer: "不用于急救。",
  anyEmergencyNumber: "当地急救电话（中国大陆 120）",

  offline: (numbers) => `未连接：您的消息已保存在此，恢复连接后会自动发送。如遇紧急情况，请拨打 ${numbers}。`,
  broken: (numbers) => `无法显示对话，请刷新页面。如遇紧急情况，请拨打 ${numbers}。`,
  renewed: "无法打开您之前的对话，已开始一个新对话。",
  noStorage: "此浏览器不允许保存对话。关闭本页后，您将无法再看到它。",

  errors: {
    too_long: "消息太长，请缩短后再发。",
    empty: "没有可发送的内容。",
    not_allowed: "现在无法这样做。",
    too_fast: "正在放慢发送…",
    not_stored: "医院服务器暂时无法保存，正在重试…",
    other: "出现问题，请重试。",
  },

  newTitle: "开始新对话？",
  newText: "本设备将不再显示当前对话。接手的护士仍可查看。",
  forgetTitle: "结束并清除？",
  forgetText: "这会从本设备删除对话和尚未发送的消息。医院保留自己的记录，接手的护士仍可查看。",
  confirmNew: "开始新对话",
  confirmForget: "结束并清除",
  cancel: "取消",
  forgottenTitle: "已从本设备清除",
  forgottenText: "此浏览器中不再保存任何对话内容。",
};
